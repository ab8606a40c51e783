/**
 * What the control plane knows: ids, the declaration last applied, versions of credentials. Pure records.
 */
@NullMarked
package io.axiomdb.registry;

import org.jspecify.annotations.NullMarked;
