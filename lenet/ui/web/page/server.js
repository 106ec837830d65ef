// When the server does not answer, a request of the page waits here and is sent again until it does. Otherwise gradio
// would hear of the failure, and answer it by loading the page again, without the drawing. A request that the server
// refuses because too many came from this network, or from all, is sent again, too: the last stroke is never lost.

import { signal } from "../lib/signals.js";

const PATIENCE = 8000; // milliseconds until a request that is under way counts as not answered
const SEND_AGAIN = 1500; // milliseconds between two attempts
const NO_SERVER = [502, 503, 504]; // what stands in front of the server says that it is not there
const TOO_OFTEN = 429; // the server says how many seconds to wait
const TOO_FULL = 503; // so does the server itself when too many people ask
const LONGEST_WAIT = 30; // seconds, whatever it says
const REQUESTS = "/gradio_api/run/"; // in the address of what the page asks
const JOINS = "/gradio_api/queue/join"; // in the address at which a training is begun
const AWAY =
  "The server does not answer. The drawing is kept, and the page goes on by itself as soon as the server is back.";
const BUSY =
  "Too many questions come from your network at once. The drawing is kept, and the page asks again by itself.";
const FULL = "Very many people draw here now. The drawing is kept, and the page asks again by itself.";
const FAILED = "The server could not answer. Choose or draw something else, or reload the page.";

/** @typedef {Parameters<typeof fetch>} Asked */

export function watchServer() {
  const line = new Line(window.fetch, tell);
  window.fetch = (...request) => line.ask(request);
}

/**
 * Tells the page how it stands with the server.
 * @param {string} trouble "" when there is none
 */
function tell(trouble) {
  document.body.classList.toggle("lab-trouble", Boolean(trouble));
  if (trouble) signal("lab-trouble", trouble);
  else signal("lab-back", null);
}

export class Line {
  trouble = "";
  answered = 0; // when the server was last heard of

  /**
   * @param {typeof fetch} send
   * @param {(trouble: string) => void} tell
   */
  constructor(send, tell) {
    this.send = send;
    this.tell = tell;
  }

  /**
   * What fetch() would give, as soon as there is a server.
   * @param {Asked} request
   */
  async ask(request) {
    if (addressOf(request).includes(JOINS)) return this.#join(request);
    if (!addressOf(request).includes(REQUESTS)) return this.#fetch(request);
    let answer = await this.#attempt(request);
    for (let times = 1; !answer || isPutOff(answer); times++) {
      if (!answer) this.#say(AWAY);
      else if (times > 1) this.#say(answer.status === TOO_FULL ? FULL : BUSY); // once is nothing to speak of: what the browser shows is right
      await pause(answer ? waitOf(answer) : SEND_AGAIN);
      answer = await this.#attempt(request);
    }
    this.answered = performance.now();
    this.#say(answer.ok ? "" : FAILED);
    return answer;
  }

  /**
   * What fetch() would give, as soon as the server does not refuse it as one of too many.
   * @param {Asked} request
   */
  async #join(request) {
    let answer = await this.#fetch(request);
    while (isPutOff(answer)) {
      await pause(waitOf(answer));
      answer = await this.#fetch(request);
    }
    return answer;
  }

  /**
   * One attempt: the answer, or null when nobody is there.
   * @param {Asked} request
   */
  async #attempt(request) {
    const started = performance.now();
    const timer = setTimeout(() => this.answered < started && this.#say(AWAY), PATIENCE);
    try {
      const answer = await this.#fetch(request);
      return NO_SERVER.includes(answer.status) && !isPutOff(answer) ? null : answer;
    } catch (error) {
      if (error instanceof Error && error.name === "AbortError") throw error;
      return null;
    } finally {
      clearTimeout(timer);
    }
  }

  /** @param {Asked} request */
  #fetch(request) {
    const { send } = this; // a browser's fetch must not be called as a method of something else
    return send(...request);
  }

  /** @param {string} trouble */
  #say(trouble) {
    if (trouble === this.trouble) return;
    this.trouble = trouble;
    this.tell(trouble);
  }
}

/** @param {number} milliseconds */
function pause(milliseconds) {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}

/**
 * Whether the server is there, and has said when it wants to hear the request again.
 * @param {Response} answer
 */
function isPutOff(answer) {
  return answer.status === TOO_OFTEN || (answer.status === TOO_FULL && answer.headers.has("Retry-After"));
}

/**
 * Milliseconds after which a server that has refused a request wants to hear it again.
 * @param {Response} refused
 */
function waitOf(refused) {
  const seconds = Number(refused.headers.get("Retry-After")) || 1;
  return 1000 * Math.min(Math.max(seconds, 1), LONGEST_WAIT);
}

/** @param {Asked} request */
function addressOf([resource]) {
  return resource instanceof Request ? resource.url : String(resource);
}
