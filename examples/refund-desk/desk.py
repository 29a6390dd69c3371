"""A shop's order desk to try agents on: its tools, and a model that follows a script, in one small server.

    python examples/refund-desk/desk.py [PORT]

`GET /effects` tells how often each tool really did something. Nothing is kept: stop it, and the shop is new.
"""

import json
import re
import sys
import threading
from collections import Counter
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

PORT = 9191

# What the model does: for a word of the customer, which tools in turn.
SCRIPT = {
    "refund": ("orders__get_order", "orders__refund_order"),
    "cancel": ("orders__get_order", "orders__cancel_order"),
    "courier": ("orders__get_order", "orders__send_courier"),
}


class Shop:
    """Orders, and what was done about them. A key that it knows again has its effect once."""

    def __init__(self) -> None:
        self.orders: dict[str, dict[str, Any]] = {
            "A-7": {"order_id": "A-7", "status": "delivered", "owner": "ada@example.com", "total": 180.0},
            "A-8": {"order_id": "A-8", "status": "delivered", "owner": "ada@example.com", "total": 20.0},
            "A-9": {"order_id": "A-9", "status": "delivered", "owner": "ada@example.com", "total": 15.0},
            "B-1": {"order_id": "B-1", "status": "pending", "owner": "bob@example.com", "total": 35.0},
        }
        self.effects: Counter[str] = Counter()
        self._answered: dict[str, dict[str, Any]] = {}
        self._lock = threading.Lock()

    def call(self, tool: str, arguments: dict[str, Any], key: str) -> tuple[int, dict[str, Any]]:
        """The answer of a tool and its HTTP status."""
        order = self.orders.get(str(arguments.get("order_id")))
        if order is None:
            return 404, {"error": "There is no such order."}
        with self._lock:
            if tool == "get_order":
                return 200, order
            if tool == "refund_order" and key in self._answered:
                return 200, self._answered[key]
            self.effects[tool] += 1
            done = {"refund_order": "refunded", "cancel_order": "cancelled", "send_courier": "picked up"}[
                tool
            ]
            order["status"] = done
            self._answered[key] = {"order_id": order["order_id"], "status": done, "amount": order["total"]}
            return 200, self._answered[key]


def said(body: dict[str, Any]) -> dict[str, Any]:
    """What the model answers to a request of Chat Completions: the script's next tool, or its last word."""
    messages = body["messages"]
    asked = " ".join(_text(each) for each in messages if each["role"] == "user")
    results = [_text(each) for each in messages if each["role"] == "tool"]
    order = re.search(r"\b[A-Z]-\d+\b", asked)
    told = " ".join(_text(each) for each in messages if each["role"] in ("system", "developer"))
    if (choices := re.search(r"one of these words alone: (.*)\.", told)) is not None:
        words = choices[1].split(", ")
        return {"role": "assistant", "content": next((each for each in words if each in asked), words[-1])}
    if "number alone" in told and order is not None:
        return {"role": "assistant", "content": order[0]}
    steps = next((tools for word, tools in SCRIPT.items() if word in asked.lower()), ())
    offered = {each["function"]["name"] for each in body.get("tools") or ()}
    if order is not None and len(results) < len(steps) and steps[len(results)] in offered:
        arguments = json.dumps({"order_id": order[0]})
        call = {
            "id": f"call_{len(results) + 1}",
            "type": "function",
            "function": {"name": steps[len(results)], "arguments": arguments},
        }
        return {"role": "assistant", "content": None, "tool_calls": [call]}
    words = f"The desk says: {results[-1]}" if results else "Which order is it about, and what shall be done?"
    return {"role": "assistant", "content": words}


def _text(message: dict[str, Any]) -> str:
    content = message.get("content") or ""
    if isinstance(content, str):
        return content
    return " ".join(part.get("text", "") for part in content)


def completion(body: dict[str, Any]) -> dict[str, Any]:
    """The whole answer of Chat Completions."""
    message = said(body)
    return {
        "id": "chatcmpl-desk",
        "object": "chat.completion",
        "created": 1_790_000_000,
        "model": body["model"],
        "choices": [
            {
                "index": 0,
                "message": message,
                "finish_reason": "tool_calls" if message.get("tool_calls") else "stop",
            }
        ],
        "usage": {"prompt_tokens": 40, "completion_tokens": 8, "total_tokens": 48},
    }


class Handler(BaseHTTPRequestHandler):
    """`/v1/chat/completions`, `/tools/NAME`, `/effects`."""

    protocol_version = "HTTP/1.1"
    shop: Shop

    def do_GET(self) -> None:
        if self.path == "/effects":
            self._send(200, dict(self.shop.effects))
        elif self.path.startswith("/tools/get_order/"):
            self._send(*self.shop.call("get_order", {"order_id": self.path.rpartition("/")[2]}, ""))
        else:
            self._send(404, {"error": "There is nothing here."})

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers.get("content-length") or 0)) or b"{}")
        tool = self.path.removeprefix("/tools/")
        if self.path == "/v1/chat/completions":
            self._send(200, completion(body))
        elif tool in ("refund_order", "cancel_order", "send_courier"):
            self._send(*self.shop.call(tool, body, self.headers.get("idempotency-key", "")))
        else:
            self._send(404, {"error": "There is nothing here."})

    def _send(self, status: int, told: dict[str, Any]) -> None:
        body = json.dumps(told).encode()
        self.send_response(status)
        self.send_header("content-type", "application/json")
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        """Calls of tools, for who looks on."""
        if self.path.startswith("/tools/"):
            sys.stderr.write(f"{self.command} {self.path}\n")


def main() -> None:
    """Serve until stopped."""
    port = int(sys.argv[1]) if len(sys.argv) > 1 else PORT
    Handler.shop = Shop()
    server = ThreadingHTTPServer(("127.0.0.1", port), Handler)
    server.daemon_threads = True
    sys.stdout.write(f"The order desk and its model listen at http://127.0.0.1:{server.server_port}\n")
    sys.stdout.flush()
    try:
        server.serve_forever()
    except KeyboardInterrupt:
        sys.stdout.write("The shop is closed.\n")


if __name__ == "__main__":
    main()
