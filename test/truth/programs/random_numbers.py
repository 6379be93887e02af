import hashlib
import hmac
import os
import random
import secrets
import uuid

random.seed(42)
print([random.randint(0, 99) for _ in range(10)], random.random(), random.gauss(0, 1))
print(random.sample(range(100), 5), random.choices("abc", k=5), random.getstate()[1][:3])
generator = random.Random("text")
items = list(range(10))
generator.shuffle(items)
print(items)
print(
    len(os.urandom(16)), len(secrets.token_hex(8)), uuid.uuid5(uuid.NAMESPACE_DNS, "example.org"), uuid.uuid4().version
)
for name in sorted(hashlib.algorithms_guaranteed):
    digest = hashlib.new(name, b"data")
    print(name, digest.hexdigest(8) if name.startswith("shake") else digest.hexdigest()[:16])
print(hmac.new(b"key", b"data", "sha256").hexdigest()[:16], hashlib.scrypt(b"p", salt=b"s", n=2, r=1, p=1).hex()[:16])
print(len({hash(str(n)) for n in range(1000)}) > 990, hash(1.5), hash(10**20), hash((1, 2, 3)))
