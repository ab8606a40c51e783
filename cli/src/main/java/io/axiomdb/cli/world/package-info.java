/**
 * What commands need from outside: a terminal, an environment, an opened control plane. Interfaces and records only;
 * {@code Wiring} makes the real ones, tests make their own.
 */
@NullMarked
package io.axiomdb.cli.world;

import org.jspecify.annotations.NullMarked;
