/**
 * The simulation: runs the planner, the policy and the budget of the transforms of the same name
 * against a model of the backend and a clock that jumps.
 */
package com.nomadicml.beam.imports;
