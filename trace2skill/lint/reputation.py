"""What a host is known for: a vendor, free hosting, a paste or file site, a catcher of requests.

The lists are short on purpose. A host that is on none is unknown, which alone is no reason to complain.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Literal
from urllib.parse import urlsplit

import msgspec

from trace2skill.lint.hosts import URL, Host, host_of

Standing = Literal[
    "vendor",
    "hosting",
    "sharing",
    "shortener",
    "catcher",
    "bare-address",
    "unknown",
    "stand-in",
    "not-public",
]
ANYONE: frozenset[Standing] = frozenset(("hosting", "sharing", "shortener", "catcher", "bare-address"))
"""Where anyone can put anything within a minute, and take it away again."""
STRANGERS: frozenset[Standing] = ANYONE | {"unknown"}
BINARY = re.compile(
    r"\.(?:exe|msi|msix|dmg|pkg|apk|scr|bat|cmd|ps1|vbs|deb|rpm|appimage|iso|jar)(?:$|[?#])", re.IGNORECASE
)
ARCHIVE = re.compile(r"\.(?:zip|rar|7z|tgz|tar\.gz|tar\.xz|tar\.bz2)(?:$|[?#])", re.IGNORECASE)
_VENDORS = tuple(
    "microsoft.com visualstudio.com windows.net apple.com google.com googleapis.com golang.org go.dev "
    "android.com chromium.org mozilla.org python.org pypi.org pythonhosted.org npmjs.com npmjs.org "
    "nodejs.org yarnpkg.com pnpm.io bun.sh deno.land deno.com jsr.io rust-lang.org rustup.rs crates.io "
    "docs.rs rubygems.org ruby-lang.org packagist.org getcomposer.org php.net maven.org apache.org "
    "gradle.org oracle.com java.com adoptium.net openjdk.org nuget.org docker.com docker.io ghcr.io quay.io "
    "kubernetes.io k8s.io helm.sh hashicorp.com terraform.io amazon.com amazonaws.com aws.dev azure.com "
    "cloudflare.com brew.sh chocolatey.org scoop.sh debian.org ubuntu.com launchpad.net fedoraproject.org "
    "redhat.com archlinux.org alpinelinux.org gnu.org kernel.org sourceware.org freedesktop.org "
    "anaconda.com anaconda.org conda.io conda-forge.org astral.sh jetbrains.com github.com gitlab.com "
    "bitbucket.org githubusercontent.com atlassian.com slack.com stripe.com twilio.com openai.com "
    "anthropic.com claude.com claude.ai huggingface.co pytorch.org nvidia.com intel.com r-project.org "
    "rstudio.com posit.co julialang.org haskell.org ocaml.org ffmpeg.org imagemagick.org pandoc.org "
    "libreoffice.org postgresql.org mysql.com sqlite.org redis.io mongodb.com git-scm.com latex-project.org "
    "tug.org graphviz.org w3.org ietf.org wikipedia.org playwright.dev selenium.dev linear.app notion.com "
    "sentry.io datadoghq.com vercel.com netlify.com heroku.com fly.io supabase.com jsdelivr.net unpkg.com "
    "cdnjs.com figma.com zoom.us salesforce.com shopify.com wordpress.org typst.app gohugo.io".split()
)
_HOSTING = tuple(
    "vercel.app netlify.app pages.dev workers.dev r2.dev web.app firebaseapp.com herokuapp.com onrender.com "
    "railway.app surge.sh glitch.me replit.app repl.co replit.dev 000webhostapp.com infinityfreeapp.com "
    "weebly.com wixsite.com wixstudio.io blogspot.com carrd.co notion.site webflow.io framer.website "
    "github.io gitlab.io neocities.org tiiny.site fly.dev lovable.app duckdns.org no-ip.org ddns.net".split()
)
_SHARING = tuple(
    "pastebin.com rentry.co rentry.org glot.io hastebin.com dpaste.com dpaste.org ghostbin.com paste.ee "
    "paste.rs termbin.com controlc.com justpaste.it telegra.ph ix.io 0x0.st transfer.sh file.io gofile.io "
    "mega.nz mediafire.com catbox.moe anonfiles.com sendspace.com wetransfer.com bashupload.com temp.sh "
    "cdn.discordapp.com privatebin.net gist.githubusercontent.com gist.github.com snippet.host pastes.dev "
    "uguu.se".split()
)
_SHORTENERS = tuple("bit.ly tinyurl.com is.gd t.ly cutt.ly rebrand.ly shorturl.at goo.gl t.co".split())
_CATCHERS = tuple(
    "webhook.site requestbin.com requestbin.net pipedream.net requestcatcher.com hookbin.com postb.in "
    "beeceptor.com requestrepo.com interact.sh interactsh.com oast.pro oast.live oast.site oast.online "
    "oast.fun oast.me burpcollaborator.net oastify.com dnslog.cn ceye.io canarytokens.com ngrok.io "
    "ngrok.app ngrok-free.app ngrok.dev trycloudflare.com loca.lt localtunnel.me serveo.net lhr.life "
    "pinggy.link localhost.run webhook.cool typedwebhook.tools".split()
)
_BOTS = re.compile(
    r"api\.telegram\.org/bot|(?:discord|discordapp)\.com/api/webhooks/|hooks\.slack\.com/services/", re.I
)
_RELEASE = re.compile(r"^/([\w.-]{1,100})/([\w.-]{1,100})/(?:releases\b|raw/|-/releases/|archive/)")
_RAW = re.compile(r"^/([\w.-]{1,100})/([\w.-]{1,100})/")
_OWNERS = frozenset(
    "actions anthropics apache astral-sh aws azure burntsushi cli cloudflare conda-forge denoland docker "
    "facebook git-for-windows github golang google googlechrome grafana hashicorp helm homebrew imagemagick "
    "jesseduffield jgm jqlang junegunn kubernetes kubernetes-sigs microsoft mikefarah mozilla neovim nodejs "
    "nvm-sh openai oven-sh pnpm postgresql powershell pyenv pypa python quarto-dev rust-lang sharkdp "
    "stedolan tesseract-ocr typst ub-mannheim ultralytics yt-dlp".split()
)


class Address(msgspec.Struct, frozen=True):
    """A web address in a text."""

    url: str
    place: int
    host: Host

    @property
    def standing(self) -> Standing:
        """Return what its host is known for; a release of a project that nobody knows is no vendor's."""
        if self.host.reach != "public":
            return standing_of(self.host)
        if _BOTS.search(self.url):
            return "catcher"
        standing = standing_of(self.host)
        owner = self.owner.partition("/")[0].lower() if standing == "vendor" else ""
        return "unknown" if owner and owner not in _OWNERS else standing

    @property
    def path(self) -> str:
        """Return what goes after the host and before the query."""
        try:
            return urlsplit(self.url).path
        except ValueError:
            return ""

    @property
    def owner(self) -> str:
        """Return whose project on GitHub or GitLab a release belongs to, and its name; nothing for others."""
        if self.host.is_under("raw.githubusercontent.com"):
            found = _RAW.match(self.path)
        else:
            found = _RELEASE.match(self.path) if self.host.is_under("github.com", "gitlab.com") else None
        return f"{found[1]}/{found[2]}" if found is not None else ""

    @property
    def is_program(self) -> bool:
        """Say whether it is the address of an installer or a script for Windows, by its suffix."""
        return BINARY.search(self.url) is not None

    @property
    def is_archive(self) -> bool:
        """Say whether it is the address of an archive, by its suffix."""
        return ARCHIVE.search(self.url) is not None


def standing_of(host: Host) -> Standing:
    """Return what *host* is known for; catchers go before those who rent out names."""
    if host.reach == "example":
        return "bare-address" if host.address else "stand-in"
    if host.reach != "public":
        return "not-public"
    if host.address:
        return "bare-address"
    lists: tuple[tuple[Standing, tuple[str, ...]], ...] = (
        ("catcher", _CATCHERS), ("sharing", _SHARING), ("shortener", _SHORTENERS), ("hosting", _HOSTING),
        ("vendor", _VENDORS),
    )  # fmt: skip
    return next((standing for standing, names in lists if host.is_under(*names)), "unknown")


def addresses_in(text: str) -> Iterator[Address]:
    """Yield the web addresses of *text*, without the marks that end a sentence."""
    for found in URL.finditer(text) if "://" in text else ():
        url = found[0].rstrip(".,;:!?*_")
        host = host_of(url)
        if host is not None:
            yield Address(url, found.start(), host)
