/**
 * Those who would decide for AxiomDB, for tests: a tenant, a neighbour on the host, an impostor, a pooler, a stopped server, the
 * author of a pull request.
 */
@NullMarked
package io.axiomdb.testing.adversary;

import org.jspecify.annotations.NullMarked;
