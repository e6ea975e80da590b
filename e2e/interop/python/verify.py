"""Verifies license tokens with PyJWT.

Reads a list of requests as JSON from standard input and prints their answers as JSON; interop/verifier.mjs describes both.
"""

import json
import sys

import jwt


def verify(request):
    """Returns the claims, or raises what PyJWT raises."""
    now = request.get("now")
    claims = jwt.decode(
        request["token"],
        key_of(request),
        algorithms=["EdDSA"],
        audience="license-key",
        issuer=request.get("issuer"),
        # PyJWT takes the time from the machine's clock alone; a request with a time of its own is judged below.
        options={
            "require": ["exp", "nbf", "iat", "aud", "sub"],
            "verify_exp": now is None,
            "verify_nbf": now is None,
            "verify_iat": now is None,
        },
    )
    if now is not None and now < claims["nbf"]:
        raise jwt.ImmatureSignatureError("The token is not yet valid (nbf)")
    if now is not None and now >= claims["exp"]:
        raise jwt.ExpiredSignatureError("Signature has expired")
    if claims.get("org") != request["organization"]:
        raise jwt.InvalidTokenError("The token is of another organization")
    return claims


def key_of(request):
    """The key for a token: the only one of the PEM text, or the one of the set that the token names."""
    if request.get("jwks") is None:
        return request["pem"]
    return jwt.PyJWKSet.from_dict(request["jwks"])[jwt.get_unverified_header(request["token"])["kid"]]


def answer(request):
    try:
        return {"claims": verify(request)}
    except (jwt.PyJWTError, KeyError) as error:
        return {"error": f"{type(error).__name__}: {error}"}


json.dump([answer(request) for request in json.load(sys.stdin)], sys.stdout)
