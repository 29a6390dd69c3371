"""The TLS context of an origin: verification is always on."""

import ssl

from gateway.upstream.origin import Origin


def context_for(origin: Origin) -> ssl.SSLContext | None:
    """The context for an https origin, None for http.

    Reads files, so call it at load. Raises ValueError, which names the setting and the unusable file.
    """
    if origin.scheme != "https":
        return None
    try:
        context = ssl.create_default_context(cafile=origin.ca_file)
    except (OSError, ssl.SSLError) as error:
        raise ValueError(f"ca_file {origin.ca_file}: not a readable PEM file ({_why(error)})") from None
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.set_alpn_protocols(["http/1.1"])
    if origin.client_cert is not None:
        try:
            context.load_cert_chain(origin.client_cert, origin.client_key, password=_no_passphrase)
        except (OSError, ssl.SSLError, ValueError) as error:
            raise ValueError(
                f"client_cert {origin.client_cert} with client_key {origin.client_key or 'in the same file'}:"
                f" not a readable pair of unencrypted PEM files ({_why(error)})"
            ) from None
    return context


def _no_passphrase() -> str:
    # Without this OpenSSL prompts on the terminal and the gateway hangs at start.
    return ""


def _why(error: Exception) -> str:
    return getattr(error, "reason", None) or getattr(error, "strerror", None) or type(error).__name__
