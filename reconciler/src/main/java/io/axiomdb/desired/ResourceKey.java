package io.axiomdb.desired;

/**
 * The name of one declared thing, unique within an organization.
 *
 * @param project the project it belongs to; empty for organization, member and host
 * @param name its own name; for a project and its policies the project's name
 */
public record ResourceKey(Kind kind, String project, String name) implements Comparable<ResourceKey> {
    public static ResourceKey organization(String name) {
        return new ResourceKey(Kind.ORGANIZATION, "", name);
    }

    public static ResourceKey member(String email) {
        return new ResourceKey(Kind.MEMBER, "", email);
    }

    public static ResourceKey host(String name) {
        return new ResourceKey(Kind.HOST, "", name);
    }

    public static ResourceKey project(String name) {
        return new ResourceKey(Kind.PROJECT, name, name);
    }

    public static ResourceKey branch(String project, String name) {
        return new ResourceKey(Kind.BRANCH, project, name);
    }

    public static ResourceKey networkPolicy(String project) {
        return new ResourceKey(Kind.NETWORK_POLICY, project, project);
    }

    public static ResourceKey networkRule(String project, String name) {
        return new ResourceKey(Kind.NETWORK_RULE, project, name);
    }

    public static ResourceKey rotationPolicy(String project) {
        return new ResourceKey(Kind.ROTATION_POLICY, project, project);
    }

    /** Who may reach the branches of a host; belongs to no project. */
    public static ResourceKey hostAccess(String host) {
        return new ResourceKey(Kind.HOST_ACCESS, "", host);
    }

    /** The same thing when its project is called otherwise. A project and its policies have the project's name. */
    public ResourceKey inProject(String other) {
        return switch (kind) {
            case PROJECT, NETWORK_POLICY, ROTATION_POLICY -> new ResourceKey(kind, other, other);
            case NETWORK_RULE, BRANCH -> new ResourceKey(kind, other, name);
            case ORGANIZATION, MEMBER, HOST, HOST_ACCESS -> this;
        };
    }

    /** {@code square-experience/main}, or the bare name outside projects. */
    public String path() {
        return project.isEmpty() || project.equals(name) && kind != Kind.BRANCH && kind != Kind.NETWORK_RULE
                ? name
                : project + "/" + name;
    }

    /** {@code branch square-experience/main}. */
    @Override
    public String toString() {
        return kind.words() + " " + path();
    }

    @Override
    public int compareTo(ResourceKey other) {
        int order = project.compareTo(other.project);
        order = order != 0 ? order : kind.compareTo(other.kind);
        return order != 0 ? order : name.compareTo(other.name);
    }
}
