/**
 * A client of NomadicML's cloud-import API, held to its contract field by field. It knows no Beam.
 */
package com.nomadicml.beam.api;
