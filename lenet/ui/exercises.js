// The chapter's exercises as buttons, and what there is to see in the one that is shown.
//
// The value: {titles: [[number, title], ...], shown, text}; shown is a number or null. A click triggers "select" with
// {index}, the number.

const list = element.querySelector(".exercises-list");
const text = element.querySelector(".exercises-text");

function show() {
  const value = received();
  list.replaceChildren(
    ...value.titles.map(([index, title]) => {
      const button = Object.assign(document.createElement("button"), { type: "button", textContent: title });
      button.setAttribute("aria-pressed", String(index === value.shown));
      button.addEventListener("click", () => trigger("select", { index }));
      return button;
    }),
  );
  element.querySelector(".exercises").hidden = value.titles.length === 0;
  text.textContent = value.text;
}

watch("value", show);
show();
