package io.axiomdb.engine;

import io.axiomdb.port.CertificateAuthority;
import io.axiomdb.port.ControlPlane;
import io.axiomdb.port.HostFiles;
import io.axiomdb.port.HostReader;
import io.axiomdb.port.HostWriter;
import io.axiomdb.port.Leases;
import io.axiomdb.port.PasswordHasher;
import io.axiomdb.port.SecretStore;
import java.security.SecureRandom;

/**
 * Everything the engine needs from outside, put together by the command line, the server, or a test.
 *
 * @param holder who we are when we hold a lease: user, machine, process
 */
public record Outside(
        ControlPlane controlPlane,
        SecretStore secrets,
        Leases leases,
        HostReader reader,
        HostWriter writer,
        HostFiles files,
        CertificateAuthority authority,
        PasswordHasher hasher,
        SecureRandom random,
        String holder) {}
