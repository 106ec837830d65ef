import assert from "node:assert/strict";
import { test } from "node:test";
import { Belonging } from "../../lenet/ui/web/verdict/digits.js";
import { Remark } from "../../lenet/ui/web/verdict/remark.js";

test("a remark stays as long as its picture", () => {
  const remark = new Remark();
  assert.equal(remark.on(3, "The data set calls this example: 3"), "The data set calls this example: 3");
  assert.equal(remark.on(3, ""), "The data set calls this example: 3");
  assert.equal(remark.on(4, ""), "");
  assert.equal(remark.on(4, "new"), "new");
});

test("a row of digits stays while they are read one by one, and goes with the next picture", () => {
  const belonging = new Belonging();
  assert.equal(belonging.stays(3, 2), false); // the photo with two digits
  assert.equal(belonging.stays(3, 0), true); // the browser's own answer about it
  belonging.choose();
  assert.equal(belonging.stays(4, 0), true); // the digit that was chosen
  assert.equal(belonging.stays(4, 0), true); // the server's answer about it
  assert.equal(belonging.stays(5, 0), false); // a new stroke
});
