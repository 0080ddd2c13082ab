// Loaded by the proxy before its own code: what it writes becomes a record in the shape of the platform's other logs;
// see conventions/logs.py. Each write is one record, whatever lines are in it.
"use strict";

const SAID = /^(\S+) \[(\w+)\] ([^ ]+): ([^]*)$/;
const COLOURS = /\u001b\[\d+m/g;
const UNPRINTABLE = /[\u0000-\u0009\u000b-\u001f\u007f-\u009f]/g;
// It is how the Hub ends it.
const EXPECTED = "Terminated";
const LEVELS = { debug: "DEBUG", info: "INFO", warn: "WARNING", error: "ERROR" };

function line({ time, level, logger, message }) {
  const readable = message.replaceAll("\n", "\n    ").replace(UNPRINTABLE, (c) => JSON.stringify(c).slice(1, -1));
  return `${time} ${level} ${logger}: ${readable}`;
}

const shape = process.env.CHM_LOG_FORMAT === "json" ? JSON.stringify : line;

function record(text) {
  const said = text.replace(COLOURS, "").trim();
  // What Node itself says, such as a warning, has no time of its own.
  const [, time, logger, level, message] = SAID.exec(said) ?? [said, new Date().toISOString(), "Node", "warn", said];
  return shape({ time, level: message === EXPECTED ? "INFO" : (LEVELS[level] ?? "INFO"), logger, message });
}

for (const stream of [process.stdout, process.stderr]) {
  const write = stream.write.bind(stream);
  stream.write = (chunk, ...rest) => write(`${record(String(chunk))}\n`, ...rest);
}
