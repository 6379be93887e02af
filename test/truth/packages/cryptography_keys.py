# truth: {"packages": ["cryptography"]}
from cryptography.exceptions import InvalidSignature
from cryptography.fernet import Fernet
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ed25519, padding, rsa
from cryptography.hazmat.primitives.kdf.pbkdf2 import PBKDF2HMAC

key = Fernet.generate_key()
print(Fernet(key).decrypt(Fernet(key).encrypt(b"secret")))
print(PBKDF2HMAC(hashes.SHA256(), 16, b"salt", 1000).derive(b"word").hex())
private = rsa.generate_private_key(65537, 2048)
pss = padding.PSS(padding.MGF1(hashes.SHA256()), 32)
private.public_key().verify(private.sign(b"text", pss, hashes.SHA256()), b"text", pss, hashes.SHA256())
try:
    ed25519.Ed25519PrivateKey.generate().public_key().verify(bytes(64), b"text")
except InvalidSignature:
    print("refused")
