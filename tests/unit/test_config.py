"""The settings as the environment gives them."""

from pathlib import Path

import pytest

from app.config import Config, ConfigError, listed, load

SECRET = "x" * 32


def test_every_setting_can_be_given() -> None:
    given = {
        "WARMLINE_SECRET": SECRET,
        "WARMLINE_DATA_DIR": "/var/lib/warmline",
        "WARMLINE_PORT": "9000",
        "WARMLINE_ORIGINS": "https://a.example, https://b.example",
        "PATH": "/bin",
    }
    config = load(given)
    assert config == Config(
        secret=SECRET,
        data_dir=Path("/var/lib/warmline"),
        port=9000,
        origins="https://a.example, https://b.example",
    )
    assert listed(config.origins) == ["https://a.example", "https://b.example"]
    assert config.resolved_database_url == "sqlite:////var/lib/warmline/warmline.db"


@pytest.mark.parametrize("port", ["70000", "-1", "http", ""])
def test_a_wrong_setting_is_named(port: str) -> None:
    with pytest.raises(ConfigError, match="WARMLINE_PORT: "):
        load({"WARMLINE_SECRET": SECRET, "WARMLINE_PORT": port})


@pytest.mark.parametrize("secret", [None, "", "changeme", "x" * 31])
def test_a_weak_secret_is_refused(secret: str | None) -> None:
    with pytest.raises(ConfigError, match="WARMLINE_SECRET: "):
        load({} if secret is None else {"WARMLINE_SECRET": secret})


@pytest.mark.parametrize("proxies", ["*", "10.0.0.1/8", "127.0.0.1, proxy.example"])
def test_proxies_are_addresses_and_networks(proxies: str) -> None:
    with pytest.raises(ConfigError, match="WARMLINE_PROXIES: "):
        load({"WARMLINE_SECRET": SECRET, "WARMLINE_PROXIES": proxies})


@pytest.mark.parametrize(
    ("domain", "origins"),
    [
        ("localhost", ""),
        ("localhost", "http://localhost:5173"),
        ("bank.example", "https://bank.example,https://app.bank.example:8443"),
        ("bank.example", "android:apk-key-hash:4l3Fk1u3Y2hRZ2VoYXNo"),
    ],
)
def test_origins_of_passkeys_are_those_of_their_domain(domain: str, origins: str) -> None:
    given = {"WARMLINE_SECRET": SECRET, "WARMLINE_RP_ID": domain, "WARMLINE_RP_ORIGINS": origins}
    assert load(given).rp_origins == origins


@pytest.mark.parametrize(
    ("domain", "origins", "variable"),
    [
        ("127.0.0.1", "", "WARMLINE_RP_ID"),
        ("bank.example:443", "", "WARMLINE_RP_ID"),
        ("https://bank.example", "", "WARMLINE_RP_ID"),
        ("", "", "WARMLINE_RP_ID"),
        ("bank.example", "http://bank.example", "WARMLINE_RP_ORIGINS"),
        ("bank.example", "https://evilbank.example", "WARMLINE_RP_ORIGINS"),
        ("bank.example", "https://bank.example/path", "WARMLINE_RP_ORIGINS"),
        ("bank.example", "https://bank.example.evil.example", "WARMLINE_RP_ORIGINS"),
        ("bank.example", "bank.example", "WARMLINE_RP_ORIGINS"),
        ("bank.example", "https://bank.example, *", "WARMLINE_RP_ORIGINS"),
    ],
)
def test_origins_of_others_are_refused(domain: str, origins: str, variable: str) -> None:
    given = {"WARMLINE_SECRET": SECRET, "WARMLINE_RP_ID": domain, "WARMLINE_RP_ORIGINS": origins}
    with pytest.raises(ConfigError) as error:
        load(given)
    assert error.value.variable == variable
