"""The administrator's password: in files that only root reads; PostgreSQL gets a verifier and never the password."""
import base64
import hashlib
import hmac
import secrets

from . import files


def admin(one):
    """Writes the administrator's password beside the lab's keys and gives what PostgreSQL keeps of it (RFC 5803)."""
    password, salt, rounds = secrets.token_urlsafe(24), secrets.token_bytes(16), 4096
    files.write(one["postgres_password_file"], password, 0o600)
    files.write(one["postgres_passfile"], f"*:*:*:{one['postgres_admin']}:{password}\n", 0o600)
    salted = hashlib.pbkdf2_hmac("sha256", password.encode(), salt, rounds)
    stored = hashlib.sha256(hmac.digest(salted, b"Client Key", "sha256")).digest()
    server = hmac.digest(salted, b"Server Key", "sha256")
    text = [base64.b64encode(value).decode() for value in (salt, stored, server)]
    return f"SCRAM-SHA-256${rounds}:{text[0]}${text[1]}:{text[2]}"
