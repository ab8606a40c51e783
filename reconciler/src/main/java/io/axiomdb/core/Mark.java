package io.axiomdb.core;

/**
 * What a host keeps of a control plane that changed an organization there: how far it was by then. Who can rewrite a control
 * plane can't rewrite its hosts.
 *
 * @param controlPlane its id
 * @param apply the number of the organization's apply, from 1
 * @param anchor where the audit trail ended after it
 */
public record Mark(String controlPlane, long apply, Anchor anchor) {}
