import assert from "node:assert/strict";
import { test } from "node:test";
import { Remark } from "../../lenet/ui/web/verdict/remark.js";

test("a remark stays as long as its picture", () => {
  const remark = new Remark();
  assert.equal(remark.on(3, "The data set calls this example: 3"), "The data set calls this example: 3");
  assert.equal(remark.on(3, ""), "The data set calls this example: 3");
  assert.equal(remark.on(4, ""), "");
  assert.equal(remark.on(4, "new"), "new");
});
