/** Values that travel between the transforms. They know neither the API's wire nor any IO. */
package com.nomadicml.beam.model;
