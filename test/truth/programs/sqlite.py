import sqlite3

with sqlite3.connect("data.db") as base:
    base.execute("pragma journal_mode=wal")
    base.execute("create table item (id integer primary key, name text unique, price real, raw blob)")
    base.executemany(
        "insert into item (name, price, raw) values (?, ?, ?)", [(f"n{i}", i / 3, bytes([i])) for i in range(50)]
    )
    print(base.execute("select count(*), round(sum(price), 3) from item").fetchone())
try:
    with base:
        base.execute("insert into item (name) values ('n1')")
except sqlite3.IntegrityError as error:
    print(error)
base.create_function("twice", 1, lambda x: x * 2)
print(base.execute("select twice(price), raw from item where id = 4").fetchone())
base.execute("create virtual table texts using fts5(body)")
base.execute("insert into texts values ('the quick brown fox'), ('lazy dogs')")
print(base.execute("select body from texts where texts match 'quick'").fetchall())
print(base.execute("select json_extract('{\"a\": [1, 2]}', '$.a[1]'), count(*) over () from item limit 1").fetchall())
copy = sqlite3.connect(":memory:")
base.commit()
base.backup(copy)
print(copy.execute("select max(id) from item").fetchone(), len(list(copy.iterdump())))
base.close()
print(sqlite3.connect("file:data.db?mode=ro", uri=True).execute("pragma integrity_check").fetchone())
