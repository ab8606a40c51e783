/**
 * Whole hosts in namespaces of this machine, for tests of what touches a real firewall, sshd, PostgreSQL and PgBouncer. Start at
 * {@link io.axiomdb.lab.LabTest}; the program behind it is {@code deploy/lab/lab}.
 */
@NullMarked
package io.axiomdb.lab;

import org.jspecify.annotations.NullMarked;
