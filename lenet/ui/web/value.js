// A component's value is one JSON string in props.value: of an object, gradio copies every number and every word by itself,
// several times an update.

function received() {
  return JSON.parse(props.value || "null");
}

function submit(value) {
  props.value = JSON.stringify(value);
}
