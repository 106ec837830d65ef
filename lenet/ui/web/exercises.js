// The chapter's exercises as buttons, and what there is to see in the one that is shown.
//
// The value: {titles: [[number, title], ...], shown, text}; shown is a number or null. A click triggers "select" with
// {index}, the number.

const list = element.querySelector(".exercises-list");
const text = element.querySelector(".exercises-text");
let built = "";

// Only when the titles change: a new button would not have the focus of the one that was chosen.
function build(titles) {
  list.replaceChildren(
    ...titles.map(([index, title]) => {
      const button = Object.assign(document.createElement("button"), { type: "button", textContent: title });
      button.dataset.index = index;
      button.addEventListener("click", () => trigger("select", { index }));
      return button;
    }),
  );
}

function show() {
  const value = received();
  const titles = JSON.stringify(value.titles);
  if (titles !== built) build(value.titles);
  built = titles;
  for (const button of list.children) button.setAttribute("aria-pressed", String(button.dataset.index === String(value.shown)));
  element.querySelector(".exercises").hidden = value.titles.length === 0;
  text.textContent = value.text;
}

watch("value", show);
show();
