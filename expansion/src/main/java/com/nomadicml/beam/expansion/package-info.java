/** The import for Beam YAML and Beam's other languages: schema transforms over it, in one jar. */
package com.nomadicml.beam.expansion;
