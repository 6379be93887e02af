# truth: {"packages": ["faker"]}
from faker import Faker

Faker.seed(3)
print([Faker("en_GB").name() for _ in range(3)], Faker("de_DE").date_of_birth() is not None)
