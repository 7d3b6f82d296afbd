"""From a Compose project and its hitless.yaml to manifests for Kubernetes; pure."""
