/**
 * HostState: what one host holds, wanted or actual. Pure. Start at {@link io.axiomdb.host.HostState}.
 */
@NullMarked
package io.axiomdb.host;

import org.jspecify.annotations.NullMarked;
