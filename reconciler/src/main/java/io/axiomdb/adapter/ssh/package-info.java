/**
 * Logins on machines by SSH: the host helper's calls ({@link io.axiomdb.adapter.ssh.SshFiles}), tunnels to PostgreSQL
 * ({@link io.axiomdb.adapter.ssh.Machines}), and how a machine is enrolled. sshj's only home. No decisions about what
 * should be there. What the host helper is told and answers is in deploy/host/PROTOCOL.md.
 */
@NullMarked
package io.axiomdb.adapter.ssh;

import org.jspecify.annotations.NullMarked;
