/**
 * Looks at all hosts at once. What a host holds is read by a {@link io.axiomdb.port.HostReader}; here is only who is
 * asked for what.
 */
@NullMarked
package io.axiomdb.observe;

import org.jspecify.annotations.NullMarked;
