/** What clients of clouds take from the pipeline's options, wherever they are made. */
package com.nomadicml.beam.cloud;
