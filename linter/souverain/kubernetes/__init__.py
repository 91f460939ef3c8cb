"""YAML to Kubernetes objects with spans: manifests, Helm charts, Kustomize overlays."""
