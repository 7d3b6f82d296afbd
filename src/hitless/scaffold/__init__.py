"""From a repository as it is to a hitless.yaml that fits it; pure."""
