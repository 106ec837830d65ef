// When the server does not answer, a request of the page waits here and is sent again until it does: gradio would hear of no
// failure, which it answers by loading the page anew, without the drawing. Two events on the document say how it stands:
// "lab-trouble", {words}: the server does not answer, or could not; "lab-back": it answers again. verdict.js shows the words,
// controls.js asks for everything once more.

const PATIENCE = 8000; // milliseconds until a request that is under way counts as not answered
const SEND_AGAIN = 1500; // milliseconds between two attempts
const NO_SERVER = [502, 503, 504]; // what stands in front of the server says that it is not there
const AWAY = "The server does not answer. The drawing is kept, and the page goes on by itself as soon as the server is back.";
const FAILED = "The server could not answer. Choose or draw something else, or reload the page.";

let trouble = "";
let answered = 0; // when the server was last heard of

function tell(words) {
  if (words === trouble) return;
  trouble = words;
  document.body.classList.toggle("lab-trouble", Boolean(words));
  document.dispatchEvent(words ? new CustomEvent("lab-trouble", { detail: { words } }) : new CustomEvent("lab-back"));
}

const send = window.fetch;

// One attempt: the answer, or null when nobody is there.
async function attempt(request) {
  const started = performance.now();
  const late = setTimeout(() => answered < started && tell(AWAY), PATIENCE);
  try {
    const answer = await send(...request);
    return NO_SERVER.includes(answer.status) ? null : answer;
  } catch (error) {
    if (error.name === "AbortError") throw error;
    return null;
  } finally {
    clearTimeout(late);
  }
}

window.fetch = async (...request) => {
  const address = String(request[0]?.url ?? request[0]);
  if (!address.includes("/gradio_api/run/")) return send(...request);
  let answer = await attempt(request);
  while (!answer) {
    tell(AWAY);
    await new Promise((resolve) => setTimeout(resolve, SEND_AGAIN));
    answer = await attempt(request);
  }
  answered = performance.now();
  tell(answer.ok ? "" : FAILED);
  return answer;
};
