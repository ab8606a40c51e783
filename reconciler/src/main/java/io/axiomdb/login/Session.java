package io.axiomdb.login;

import java.time.Duration;

/**
 * What a connection is for.
 *
 * @param name shown as application_name
 * @param options parameters of the session, as the startup packet carries them; empty for none
 * @param answer how long to wait for an answer
 * @param prepares whether statements that come often are prepared on the server
 */
public record Session(String name, String options, Duration answer, boolean prepares) {}
