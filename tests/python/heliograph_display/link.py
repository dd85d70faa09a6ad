"""The connection with the broker: section 2 of docs/wire-format.md."""

import random
from urllib.parse import urlsplit

import paho.mqtt.client as mqtt

from . import hubhttp

PACKET_MAX = 256 << 10
KEEP_ALIVE_S = 15
FIRST_WAIT, LONGEST_WAIT = 250, 10_000


class Client(mqtt.Client):
    """paho's client, which has no bound of its own for what comes in: one who announces more ends the connection."""

    def _sock_recv(self, bufsize):
        if bufsize > PACKET_MAX:
            raise ConnectionError("a packet of more than 256 KiB")
        return super()._sock_recv(bufsize)


def new_client(name):
    more = {"callback_api_version": mqtt.CallbackAPIVersion.VERSION1} if hasattr(mqtt, "CallbackAPIVersion") else {}
    return Client(client_id=name, clean_session=True, protocol=mqtt.MQTTv311, **more)


class Link:
    """Connects, and connects again. Every connection is a new client, since sessions are clean: nothing is carried over."""

    def __init__(self, identity, on_connected, on_disconnected, on_message, on_trouble):
        self.identity = identity
        self.on_connected, self.on_disconnected, self.on_message = on_connected, on_disconnected, on_message
        self.on_trouble = on_trouble
        self.client, self.up, self.wait, self.not_before = None, False, FIRST_WAIT, 0

    def connect(self, moment):
        address = urlsplit(self.identity["broker"])
        secure = address.scheme == "mqtts"
        client = new_client(f"display-{self.identity['id']}")
        client.username_pw_set(self.identity["id"], self.identity["token"])
        if secure:
            client.tls_set_context(hubhttp.vouched_by(self.identity["ca"]))
        client.on_connect = self.connected
        client.on_message = lambda _client, _data, message: self.on_message(message.topic, message.payload)
        client.on_subscribe = self.subscribed
        client.on_log = self.logged
        self.client = client
        try:
            client.connect(address.hostname, address.port or (8883 if secure else 1883), KEEP_ALIVE_S)
        except (OSError, ValueError) as error:
            self.lost(moment, error)

    def connected(self, client, _data, _flags, code):
        if code:
            self.on_trouble(f"the broker refuses: {mqtt.connack_string(code)}")
        else:
            self.up = True
            self.on_connected()

    def subscribed(self, _client, _data, _mid, granted):
        if any(quality == 0x80 for quality in granted):
            self.on_trouble("the broker refuses a subscription")

    def logged(self, _client, _data, _level, text):
        # The one place where paho tells of an answered ping.
        if text == "Received PINGRESP":
            self.wait = FIRST_WAIT

    def lost(self, moment, error):
        if self.up:
            self.on_disconnected()
        self.client, self.up = None, False
        self.not_before = moment.mono + self.wait * random.uniform(0.5, 1)
        self.wait = min(LONGEST_WAIT, 2 * self.wait)
        self.on_trouble(f"no connection with the broker: {error}")

    def turn(self, moment, timeout_s):
        """A turn of the loop. Whether there was a connection to wait on."""
        if self.client is None:
            if moment.mono < self.not_before:
                return False
            self.connect(moment)
            return self.client is not None
        code = self.client.loop(timeout_s)
        if code != mqtt.MQTT_ERR_SUCCESS:
            self.lost(moment, mqtt.error_string(code))
        return True

    def close(self):
        if self.client:
            self.client.disconnect()
