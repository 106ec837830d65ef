// The chapter's exercises as buttons, and what there is to see in the one that is shown.
//
// props.value: {titles, shown, text}; shown is a number or null. A click triggers "select" with {index}.

const list = element.querySelector(".exercises-list");
const text = element.querySelector(".exercises-text");

function show() {
  const value = props.value;
  list.replaceChildren(
    ...value.titles.map((title, index) => {
      const button = Object.assign(document.createElement("button"), { type: "button", textContent: title });
      button.setAttribute("aria-pressed", String(index === value.shown));
      button.addEventListener("click", () => trigger("select", { index }));
      return button;
    }),
  );
  text.textContent = value.text;
}

watch("value", show);
show();
