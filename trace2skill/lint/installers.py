"""Installers that projects document themselves: which script, at which host, by which path.

A host alone is never enough: whoever can publish a page there could publish a script, too.
"""

from __future__ import annotations

from typing import Literal
from urllib.parse import urlsplit

from trace2skill.lint.hosts import URL, host_of
from trace2skill.lint.reputation import standing_of

Trust = Literal["installer", "vendor", "near", "stranger"]
_SCRIPTS = frozenset(
    "aka.ms/ ampcode.com/install.sh app.factory.ai/cli awscli.amazonaws.com/ astral.sh/ruff/ astral.sh/uv/ "
    "bootstrap.pypa.io/ bun.com/install bun.sh/install chocolatey.org/install.ps1 claude.ai/install. "
    "cli-assets.heroku.com/install cli.coderabbit.ai/install.sh cli.doppler.com/install.sh "
    "cli.kiro.dev/install cli.sentry.dev/install clickhouse.com/ community.chocolatey.org/install.ps1 "
    "cursor.com/install deb.nodesource.com/setup_ deno.land/install. deno.land/x/install/install. "
    "dl.dagger.io/dagger/install.sh dl.google.com/ dot.net/v1/dotnet-install. download.docker.com/ "
    "encore.dev/install.sh fly.io/install. fnm.vercel.app/install foundry.paradigm.xyz/ "
    "get-ghcup.haskell.org/ get.chezmoi.io/ get.docker.com/ get.haskellstack.org/ get.helm.sh/ "
    "get.jetify.com/devbox get.k0s.sh/ get.k3s.io/ get.modular.com/ get.nextflow.io/ get.opentofu.org/ "
    "get.pnpm.io/install. get.pulumi.com/ get.rvm.io/ get.scoop.sh/ get.sdkman.io/ get.trunk.io/ "
    "get.volta.sh/ get.wasmer.io/ getcomposer.org/installer gh.io/copilot-install go.dev/dl/ "
    "hf.co/cli/install. hermit.dev/ install.determinate.systems/ install.duckdb.org/ install.julialang.org/ "
    "install.ohmyz.sh/ install.python-poetry.org/ just.systems/install.sh lmstudio.ai/install. "
    "micro.mamba.pm/install. mise.jdx.dev/install.sh mise.run/ moonrepo.dev/install/ nixos.org/nix/install "
    "nodejs.org/dist/ www.npmjs.com/install.sh antigravity.google/cli/install "
    "ollama.ai/install.sh ollama.com/install. opencode.ai/install "
    "packages.microsoft.com/ pixi.sh/install. pyenv.run/ railway.app/install.sh railway.com/install.sh "
    "release.anza.xyz/ release.solana.com/ releases.hashicorp.com/ repo.anaconda.com/ "
    "rpm.nodesource.com/setup_ "
    "rustwasm.github.io/wasm-pack/installer/ sdk.cloud.google.com/ sentry.io/get-cli/ sh.rustup.rs/ "
    "starship.rs/install.sh static.rust-lang.org/rustup/ tailscale.com/install.sh taskfile.dev/install.sh "
    "wasmtime.dev/install.sh win.rustup.rs/ www.python.org/ftp/ zed.dev/install.sh".split()
)
"""By host and the beginning of the path."""
_REPOSITORIES = frozenset(
    "anchore/grype anchore/syft aquasecurity/tfsec aquasecurity/trivy cargo-bins/cargo-binstall "
    "golangci/golangci-lint helm/helm homebrew/install hashicorp/homebrew-tap kubernetes-sigs/kustomize "
    "leanprover/elan nvm-sh/nvm ohmyzsh/ohmyzsh pyenv/pyenv-installer terraform-linters/tflint "
    "rust-lang/rustup docker/docker-install conda-forge/miniforge astral-sh/uv astral-sh/ruff "
    "junegunn/fzf k3d-io/k3d derailed/k9s ajeetdsouza/zoxide".split()
)
"""On GitHub, whose owners alone can put a script there."""
_OWNERS = frozenset(
    "anthropics astral-sh aws azure cloudflare denoland expo getsentry github google hashicorp huggingface "
    "microsoft nvidia openai oven-sh stripe supabase trailofbits vercel wasmcloud".split()
)
"""On GitHub, who are known, but whose script is not."""
_OPEN = (
    "github.com", "githubusercontent.com", "gitlab.com", "bitbucket.org", "amazonaws.com", "windows.net",
    "googleapis.com", "huggingface.co", "jsdelivr.net", "unpkg.com", "npmjs.com", "npmjs.org",
    "pythonhosted.org", "pypi.org", "deno.land", "jsr.io", "docker.io", "docker.com", "ghcr.io", "quay.io",
    "notion.com", "google.com", "slack.com", "atlassian.com", "figma.com", "wikipedia.org", "cloudflare.com",
    "vercel.com", "netlify.com", "heroku.com", "supabase.com", "zoom.us", "salesforce.com", "shopify.com",
    "fly.io", "launchpad.net", "crates.io", "rubygems.org", "packagist.org", "anaconda.org",
    "visualstudio.com", "azure.com", "claude.ai", "openai.com",
)  # fmt: skip
"""Vendors where others publish, too."""


def trust_in(text: str) -> tuple[Trust, str]:
    """Return how far the addresses in *text* are to be trusted, and the host of the worst of them."""
    found = [(_trust(url), _name(url)) for url in _addresses(text)]
    if not found:
        return "stranger", ""
    return max(found, key=lambda one: _ORDER.index(one[0]))


_ORDER: tuple[Trust, ...] = ("installer", "vendor", "near", "stranger")


def _addresses(text: str) -> list[str]:
    """Return the addresses in *text*; a bare host that a fetch names counts as one without a scheme."""
    return [found[0].rstrip(".,;") for found in URL.finditer(text)]


def _name(url: str) -> str:
    host = host_of(url)
    return host.name if host is not None else ""


def _trust(url: str) -> Trust:
    host = host_of(url)
    if host is None or "$" in host.name:
        return "stranger"
    if host.reach in ("local", "private") or (host.reach == "example" and not host.address):
        return "near"
    if host.scheme != "https" or host.user or host.address:
        return "stranger"
    path = urlsplit(url).path.lower() or "/"
    if "/../" in path or "%" in path:
        return "stranger"
    if any(f"{host.name}{path}".startswith(known) for known in _SCRIPTS):
        return "installer"
    parts = path.strip("/").split("/")
    if host.name in ("raw.githubusercontent.com", "github.com"):
        # Most projects install from there, and those of strangers look like all others: a warning is due.
        return "installer" if "/".join(parts[:2]) in _REPOSITORIES else "vendor"
    if standing_of(host) == "vendor" and not host.is_under(*_OPEN):
        return "vendor"
    return "stranger"
