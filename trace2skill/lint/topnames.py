"""Names of well-known packages, and whether another name is one of them misspelt."""

from __future__ import annotations

from typing import Literal

_PYPI = frozenset(
    "requests numpy pandas scipy matplotlib seaborn scikit-learn tensorflow torch torchvision transformers "
    "keras"
    " flask django fastapi uvicorn gunicorn starlette pydantic sqlalchemy alembic psycopg2 psycopg pymongo "
    "redis"
    " celery boto3 botocore urllib3 certifi charset-normalizer idna chardet setuptools wheel virtualenv "
    "pipenv"
    " poetry pytest coverage tox black flake8 pylint mypy isort ruff jinja2 markupsafe werkzeug "
    "itsdangerous click"
    " typer rich colorama termcolor tabulate progressbar2 python-dateutil pytz tzdata python-dotenv pyyaml"
    " ruamel-yaml tomli toml simplejson orjson ujson jsonschema attrs marshmallow beautifulsoup4 lxml "
    "html5lib"
    " scrapy selenium playwright pyppeteer mechanize httpx aiohttp websockets websocket-client paramiko "
    "fabric"
    " cryptography pycryptodome pycrypto pyopenssl bcrypt passlib pyjwt oauthlib requests-oauthlib "
    "google-auth"
    " google-api-python-client openai anthropic langchain langchain-core langgraph llama-index tiktoken"
    " sentence-transformers huggingface-hub datasets tokenizers accelerate diffusers openpyxl xlsxwriter xlrd"
    " pillow opencv-python imageio scikit-image pypdf pypdf2 pypdf3 pdfplumber pdfminer-six pymupdf reportlab"
    " python-docx python-pptx docx2txt markdown markdown2 mistune pandoc pypandoc nltk spacy gensim plotly "
    "bokeh"
    " altair dash streamlit gradio jupyter notebook ipython ipykernel nbformat networkx sympy statsmodels "
    "xgboost"
    " lightgbm catboost numba cython dask polars pyarrow duckdb tqdm joblib loguru sentry-sdk stripe twilio"
    " discord-py python-telegram-bot slack-sdk tweepy praw yfinance ccxt web3 eth-account solana pyautogui"
    " pyperclip psutil watchdog schedule apscheduler filelock packaging platformdirs ffmpeg-python moviepy "
    "pydub"
    " librosa soundfile geopandas shapely folium pyproj rasterio biopython rdkit ase astropy".split()
)
_NPM = frozenset(
    "express react react-dom vue angular svelte next nuxt lodash underscore axios node-fetch request chalk"
    " commander yargs inquirer minimist dotenv cross-env rimraf mkdirp glob fs-extra semver uuid moment dayjs"
    " date-fns async bluebird rxjs webpack rollup parcel esbuild vite vitest jest mocha chai sinon cypress"
    " playwright puppeteer puppeteer-core cheerio jsdom typescript ts-node tslib tslint eslint prettier "
    "stylelint"
    " babel postcss autoprefixer tailwindcss bootstrap jquery mongoose mongodb redis ioredis mysql mysql2 "
    "sequelize"
    " knex prisma typeorm socket.io websocket nodemailer nodemon concurrently husky lint-staged "
    "body-parser cors"
    " helmet morgan passport jsonwebtoken bcrypt bcryptjs multer sharp jimp pdfkit pdf-lib docx exceljs xlsx"
    " papaparse marked markdown-it highlight.js prismjs three d3 chart.js electron ethers web3 discord.js "
    "telegraf"
    " openai zod joi yup ajv graphql apollo-server redux zustand immer classnames styled-components "
    "framer-motion"
    " preact solid-js lit color colors debug winston pino bunyan ora listr execa shelljs which tar "
    "archiver adm-zip"
    " unzipper form-data got superagent needle qs query-string iconv-lite js-yaml xml2js "
    "fast-xml-parser".split()
)
_SHORTEST = 5


def misspelt(name: str, registry: Literal["pypi", "npm"]) -> str:
    """Return the well-known package that *name* is one slip away from; nothing if it is none."""
    known = _PYPI if registry == "pypi" else _NPM
    plain = name.lower().replace("_", "-").replace(".", "-") if registry == "pypi" else name.lower()
    if plain in known or len(plain) < _SHORTEST or "/" in plain:
        return ""
    folded = plain.replace("0", "o").replace("1", "l").replace("5", "s").replace("rn", "m")
    if folded in known and folded != plain:
        return folded
    return next((one for one in sorted(known) if _is_slip(plain, one)), "")


def _is_slip(name: str, known: str) -> bool:
    """Say whether *name* is *known* with two letters swapped, one doubled or lost, or one wrong in a long "
    "name."""
    if len(known) < _SHORTEST or abs(len(name) - len(known)) > 1:
        return False
    if len(name) == len(known):
        wrong = [at for at in range(len(name)) if name[at] != known[at]]
        swapped = len(wrong) == 2 and wrong[1] == wrong[0] + 1 and name[wrong[0]] == known[wrong[1]]
        return (swapped and name[wrong[1]] == known[wrong[0]]) or (
            len(wrong) == 1 and len(name) >= 7 and not _digit(name, wrong[0])
        )
    longer, shorter = (name, known) if len(name) > len(known) else (known, name)
    for at in range(len(longer)):
        if longer[:at] + longer[at + 1 :] == shorter:
            doubled = at > 0 and longer[at] == longer[at - 1]
            # "requests2" is a name of its own; "reqests" and "requestss" are slips.
            inner = 0 < at < len(longer) - 1 and not _digit(longer, at)
            return doubled or (inner and len(shorter) >= 6) or longer[at] == "-"
    return False


def _digit(text: str, at: int) -> bool:
    return text[at].isdigit()
