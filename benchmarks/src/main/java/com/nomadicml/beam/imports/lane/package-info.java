/** A lane's policy, played over a virtual clock. */
package com.nomadicml.beam.imports.lane;
