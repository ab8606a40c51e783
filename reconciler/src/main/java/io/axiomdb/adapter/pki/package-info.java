/**
 * AxiomDB's own certificate authority. Bouncy Castle's only home.
 */
@NullMarked
package io.axiomdb.adapter.pki;

import org.jspecify.annotations.NullMarked;
