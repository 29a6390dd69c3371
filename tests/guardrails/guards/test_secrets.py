"""Credentials are found by their form or by the name they are assigned to; examples and words are left."""

import random
import string

import pytest

from config.catalog import GuardFacts
from guardrails.guard import Segment
from guardrails.guards.secrets import GUARD
from tests.guardrails.guards.test_pii import JARGON

GUARDING = GUARD.build(GuardFacts("secrets", "secrets"))
LETTERS = string.ascii_letters + string.digits


def found(text: str) -> list[str]:
    raw = text.encode()
    return [raw[each.start : each.end].decode() for each in GUARDING.inspect(Segment("input", raw))]


def some(size: int, letters: str = LETTERS) -> str:
    """Letters that are the same in every run, and no credential anywhere."""
    return "".join(random.Random(size).choices(letters, k=size))


TOKENS = {
    "github": "gh" + f"p_{some(36)}",
    "anthropic": f"sk-ant-api03-{some(93)}AA",
    "openai": f"sk-proj-{some(40)}",
    "aws": "AK" + f"IA{some(16, string.ascii_uppercase + '234567')}",
    "slack": "xox" + f"b-1234567890-{some(24)}",
    "google": "AI" + f"za{some(35)}",
    "gitlab": f"glpat-{some(20)}",
    "stripe": "sk_" + f"live_{some(24)}",
    "jwt": f"eyJ{some(20)}.eyJ{some(30)}.{some(43)}",
    "hugging face": f"hf_{some(34, string.ascii_letters)}",
}


@pytest.mark.parametrize("token", TOKENS.values(), ids=TOKENS)
@pytest.mark.parametrize("form", ["%s", "use %s.", 'KEY="%s"', "a\n%s\nb", "(%s)"])
def test_a_credential_is_found_where_it_stands(token: str, form: str) -> None:
    assert found(form % token) == [token]


@pytest.mark.parametrize(
    ("text", "secret"),
    [
        (f'api_key = "{some(32)}"', some(32)),
        ("DB_PASSWORD=Tr0ub4dor&3xy", "Tr0ub4dor&3xy"),
        (f"Authorization: Bearer {some(40)}", some(40)),
        (f'{{"client_secret": "{some(30)}"}}', some(30)),
        ("Passwort: Geheim123!x", "Geheim123!x"),
        ("mot de passe\u00a0: Bonjour123!", "Bonjour123!"),
        ("Пароль: Qwerty123!zx", "Qwerty123!zx"),
        ("密码：Abc12345xyz", "Abc12345xyz"),
        ('{"name": "DB_PASS", "value": "Abc12345xyz"}', "Abc12345xyz"),
        ('<add key="ApiSecret" value="Abc12345xyz"/>', "Abc12345xyz"),
        ("pw: Abc12345xyz", "Abc12345xyz"),
        ("mdp : Abc12345xyz", "Abc12345xyz"),
        ("pass: Abc12345xyz", "Abc12345xyz"),
        ("lösenord: Abc12345xyz", "Abc12345xyz"),
        ('pwd "Abc12345xyz"', "Abc12345xyz"),
        ("the password for bob is Abc12345x!yz", "Abc12345x!yz"),
        ("- name: API_TOKEN\n  value: Abc12345xyz", "Abc12345xyz"),
        ("my password is 'Hunter2!Blue99'", "Hunter2!Blue99"),
        ("<password>S3cure!pass99</password>", "S3cure!pass99"),
        ("--password S3cure!pass99", "S3cure!pass99"),
        ("curl -u admin:S3cr3tPass! https://x.example", "S3cr3tPass!"),
        (f"use Bearer {some(40)}", some(40)),
        ("secret_key = 'm(9z*oCzl?BZrZ2A5N%1'", "m(9z*oCzl?BZrZ2A5N%1"),
        ("API_KEY=a8277878a257c52a1581415878729a54", "a8277878a257c52a1581415878729a54"),
        (f"Cookie: theme=dark; sessionid={some(32)}", some(32)),
        ("Authorization: Basic dXNlcjpwUFpXfhWYZZUXspgH", "dXNlcjpwUFpXfhWYZZUXspgH"),
        ("contraseña S0mmer-Regen_88!", "S0mmer-Regen_88!"),
        (f"the auth token {some(32, '0123456789abcdef')}", some(32, "0123456789abcdef")),
        ("Mot de passe provisoire : S0mmer-Regen_88!", "S0mmer-Regen_88!"),
        ("root pw S0mmer-Regen_88!", "S0mmer-Regen_88!"),
        (f"AWS Secret Access Key [None]: {some(40)}", some(40)),
        ("ansible_become_pass: k9!Vlm2#pQ", "k9!Vlm2#pQ"),
        ("a senha é k9!Vlm2#pQ", "k9!Vlm2#pQ"),
        (f"AQ.Ab{some(47)}", f"AQ.Ab{some(47)}"),
        (f'api_key: \\"{some(32)}\\"', some(32)),
        (f"AZURE_DEVOPS_EXT_PAT={some(52)}", some(52)),
        (f"machine x.example login ann password {some(14)}", some(14)),
        (f"mysql -uroot -p{some(14)} db", some(14)),
        (f"sshpass -p '{some(14)}' ssh host", some(14)),
        ("otpauth://totp/x?secret=JBSWY3DPEHPK3PXP&issuer=x", "JBSWY3DPEHPK3PXP"),
        (f"AccountKey={some(86)}==;EndpointSuffix=x", f"{some(86)}=="),
    ],
)
def test_of_what_is_assigned_only_the_value_is_found(text: str, secret: str) -> None:
    assert found(text) == [secret]


def test_a_key_of_aws_is_found_behind_its_id() -> None:
    key = some(40)
    assert found(f"AWS: {TOKENS['aws']} / {key}") == [TOKENS["aws"], key]


def test_a_private_key_is_found_whole() -> None:
    block = f"-----BEGIN RSA PRIVATE KEY-----\n{some(300)}\n-----END RSA PRIVATE KEY"
    assert found(f"it is\n{block}-----\n") == [block]


@pytest.mark.parametrize(
    "text",
    [
        "token: string",
        "api_key: ${API_KEY}",
        '"secret": "your-secret-here"',
        "max_tokens: 4096",
        "the token is base64-encoded and the password is case-sensitive",
        "docker run -u 1000:1000 x",
        "if password > MinLength123:",
        "--token-file ./some/path/of/mine",
        "password = get()",
        "tokens = self._tokenizer.EncodeAsProto(",
        "secret = _vault._read_secretValue()",
    ]
    + [
        "AKIA" + "IOSFODNN7EXAMPLE",
        "sk-" + "x" * 48,
        f"task-{some(40)}",
        "secret_santa_list = sorted(names)",
        "arn:aws:secretsmanager:us-west-2:605134478829:secret:prod/db-Xy7Zq2",
        "docker login --password-stdin 605134478829.dkr.ecr.us-east-1.amazonaws.com",
        "SECRET_NAME=prod/db-Xy7Zq2a9",
        "Culture=neutral, PublicKeyToken=b77a5c561934e089",
        "passengers: Abc12345xyz",
        'secret "db-creds-7d9f8b6c5" not found',
        '"NextToken": "eyJNYXJrZXIiOiBudWxsLCAiYm90b190cnVuY2F0ZV9hbW91bnQiOiAzfQ=="',
        '"LockToken":"0674c84b-0304-47fe-8728-c6bff46af8fc", page_token=CAUQAA2x9f8e7d6c5b4a',
        '"credential_source": "Ec2InstanceMetadata2", "MasterKeySpec": "ECC_NIST_P521"',
        '"private_key_id": "030ecab8f1ca8892115b985a656819a0f66618c2"',
        "--token-validity-units AccessToken=minutes, '$split(KMSMasterKeyId2, 1)'",
        f"the auth token {some(8)}-{some(12)} expired, an api key of 2048 bits",
        "password hash.Argon2id+HMAC or Argon2id",
        "password last changed: 2024-01-15T10 and password minimum length: 12characters",
        "id_token = google.oauth2.id_token.fetch_id_token(request)\npassword = base64.b16encode(salt)",
        "session_token = imdsv2_session_token_response.data, self.token = line_js_1.tokenize;",
        '"alias/aws/secretsmanager": "fee5173a-3972-428e-ae73-cd4c2a371222"',
        "    --- PASS: TestOutputWithSubtest/sub_test2 (0.00s)\nPASS: test_1024/x2",
        "rsaPrivateKey = test1024Key, privateKey := &rsa.PrivateKey2{, secret := cli2.writeSecret[1]",
        "checksum/secret: 20627e7387eff4aa8f888717d56325306a316ce72bfa9d37e370e4a56c96fe19",
        "clientSecret: @Microsoft.KeyVault(SecretUri=x)",
    ],
)
def test_what_is_none_is_left(text: str) -> None:
    assert found(text) == []


def test_the_words_of_programmers_hold_no_credential() -> None:
    assert found(JARGON) == []
