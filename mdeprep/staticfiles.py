from whitenoise.storage import CompressedManifestStaticFilesStorage


class Manifest(CompressedManifestStaticFilesStorage):
    """Hashed, compressed files; a stylesheet that names a missing source map does not stop the collection."""

    manifest_strict = False

    @property
    def patterns(self):  # type: ignore[no-untyped-def]
        return [(glob, rules) for glob, rules in super().patterns if glob == "*.css"]
