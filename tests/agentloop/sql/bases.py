"""Databases with one table of orders, for tests of both kinds."""

import sqlite3
from contextlib import closing

import asyncpg

from agentloop.sql.answers import Asked
from config.statements import read_statement

ORDERS = "CREATE TABLE orders (id TEXT PRIMARY KEY, total INTEGER NOT NULL CHECK (total >= 0), note TEXT)"


def sqlite_orders(folder) -> str:
    path = folder / "orders.db"
    with closing(sqlite3.connect(path)) as connection:
        connection.executescript(f"{ORDERS}; INSERT INTO orders VALUES ('A-7', 100, NULL)")
    return f"sqlite:///{path}"


async def postgres_orders(url: str) -> str:
    connection = await asyncpg.connect(url)
    await connection.execute("DROP TABLE IF EXISTS orders; DROP TABLE IF EXISTS signalbox_effects")
    await connection.execute(f"{ORDERS}; INSERT INTO orders VALUES ('A-7', 100, NULL)")
    await connection.close()
    return url


def asked(text: str, seconds: float = 5.0, rows: int = 200, **values) -> Asked:
    statement = read_statement(text)
    return Asked(statement.named, statement.numbered, statement.names, values, rows, seconds, "desk/do")
