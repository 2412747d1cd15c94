/**
 * A local stand-in for the NomadicML cloud-import API, with its quirks and every fault a client has
 * to live with. Its wire format is written from the API contract by hand and shares no class with
 * the client: a mistake made on both sides would cancel out.
 */
package com.nomadicml.beam.emulator;
