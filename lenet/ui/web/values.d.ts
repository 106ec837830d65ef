// Written by `python -m tools.value_types` from lenet/ui/values/. Do not edit.

/**
 * The share of right answers; ``count`` pictures, 0 where that is not known. ``low`` and ``high`` are the ends of
 * its 95 % interval.
 */
export interface AccuracyValue {
  share: number;
  count: number;
  low: number;
  high: number;
}

/**
 * How A's network differs from the trained one: it is of an earlier ``epoch``, or broken; see ``View``.
 */
export interface AlteredValue {
  noise: number;
  biases: boolean;
  pooling: boolean;
  epoch: number | null;
}

/**
 * How far A and B are apart in a layer.
 *
 * ``channels`` is the L2 norm and the cosine by channel. The difference is painted from ``-most`` to ``most``, signed.
 * ``order`` is the channels, the most different first.
 */
export interface ApartValue {
  channels: [number, number][];
  most: number;
  order: number[];
}

/**
 * The pictures whose answer has a probability from ``low`` to ``high``: how many, their mean probability, and the
 * share of right answers. The two are None where there are none. ``few`` says that so few could be chance.
 */
export interface BinValue {
  low: number;
  high: number;
  count: number;
  few: boolean;
  confidence: number | null;
  accuracy: number | null;
}

/**
 * ``error`` is the mean distance of the two, over all pictures.
 */
export interface CalibrationValue {
  bins: BinValue[];
  error: number | null;
}

/**
 * The cards of one network or two.
 *
 * ``asked`` is the number of the question. ``offered`` are the networks that can stand beside the first. ``apart``
 * says what the two intervals tell. ``problem`` says why there is no card, or is "".
 */
export interface CardValue {
  asked: number;
  networks: NetworkCardValue[];
  offered: [string, string][];
  apart: string;
  problem: string;
}

/**
 * The arithmetic of the pinned cell.
 *
 * ``pin`` is layer, channel, row and column, and ``side`` says whether the cell is A's or B's. ``name`` says which map
 * it belongs to and ``where`` in which phase. ``shape`` is height and width of its map, and ``channels`` the number of
 * maps of its layer. ``off`` says that its map is switched off. ``first`` says that the filter reads the picture.
 * Otherwise ``maps`` are the numbers of the maps that it reads, from 0. ``about`` says what they are.
 *
 * ``patch``, ``kernel`` and ``products`` hold a square of numbers for each map that is read, ``sums`` the sum of its
 * products. ``lines`` follow from the top down to the cell's own ``value`` and what becomes of it. ``window`` are the
 * four values of which pooling makes one, or none in a last odd row or column. ``pair`` is A's value, B's and A - B,
 * and empty where they cannot be compared. From the ``stages`` the browser can compute all this by itself.
 *
 * ``field`` is what a cell of the convolution sees of the network's input.
 */
export interface CellValue {
  value: number;
  pin: [number, number, number, number];
  side: "a" | "b";
  name: string;
  where: string;
  shape: [number, number];
  channels: number;
  off: boolean;
  first: boolean;
  maps: number[];
  about: string;
  patch: number[][][];
  kernel: number[][][];
  products: number[][][];
  sums: number[];
  lines: LineValue[];
  window: number[];
  pair: number[];
  stages: StagesValue;
  field: FieldValue;
}

/**
 * A row for each true class, a column for each answer. ``shades`` say how strong a cell's colour is, from 0 to 1.
 *
 * ``claim`` says what a source finds, or is "".
 */
export interface ConfusionValue {
  counts: number[][];
  shades: number[][];
  pairs: PairValue[];
  claim: string;
}

/**
 * What the controls show.
 *
 * The browser sends ``revision`` and ``view`` back when the view changes, with a higher revision and with ``shown``,
 * the ``painted_mark`` of the maps that it has painted by itself, or "".
 *
 * ``changes`` are the switches that the server has changed in ``view``, for a browser in which another switch was
 * clicked while the answer was on its way. ``epochs`` are those after which the network can be looked at, ``curve`` is
 * what the training gave in each, and ``tested`` the share of the test pictures that the trained network gets right;
 * both are None where that is not known. ``put`` says that it comes from the server. ``lacks`` names the switches,
 * choices and files that the page cannot offer: those that need a server, where there is none.
 */
export interface ControlsValue {
  revision: number;
  view: ViewValue;
  changes: Record<string, unknown>;
  checkpoints: [string, string][];
  classes: string[];
  epochs: number[];
  curve: CurveValue | null;
  tested: number | null;
  put: boolean;
  lacks: string[];
}

/**
 * The loss, and the share of the pictures that were right, for each epoch of a training, from the first.
 *
 * ``loss`` and ``accuracy`` are means over the training pictures while the epoch went on. ``held_loss`` and
 * ``held_accuracy`` are those of the pictures held out, after the epoch; they are empty where none were.
 */
export interface CurveValue {
  loss: number[];
  accuracy: number[];
  held_loss: number[];
  held_accuracy: number[];
}

/**
 * A line of the arithmetic: what happens, and the number that it gives; ``terms`` are the words that it needs.
 */
export interface DenseLineValue {
  kind: "sum" | "bias" | "before" | "after";
  words: string;
  terms: string[];
  value: number;
}

/**
 * A value of a dense layer, number ``index`` from 0 of A or B, which is its ``side``.
 *
 * ``stage`` puts out the sums and holds the weights, as STAGE.weight and STAGE.bias; ``reads`` is the stage before.
 * ``shape`` is that of what is read: maps before they were flattened, (channels, height, width), or (values,).
 * ``origin`` is what that is called, and ``layer`` its number. ``classes`` names the logits; of another layer it is
 * empty. ``apart`` are the words for the difference of two logits, in place of those for one.
 */
export interface DenseValue {
  name: string;
  side: "a" | "b";
  index: number;
  stage: string;
  reads: string;
  shape: number[];
  origin: string;
  layer: number;
  classes: string[];
  lines: DenseLineValue[];
  apart: string;
}

/**
 * One of several digits in a picture: PICTURE_SIZE x PICTURE_SIZE bytes in base64, and what it is taken for.
 */
export interface DigitValue {
  picture: string;
  label: string;
}

/**
 * What the browser sends. ``grid`` is base64 of GRID_SIZE x GRID_SIZE bytes of ink, or "" for an empty pad.
 *
 * ``strokes`` are the same drawing as letters, or "" where there is more on the pad than strokes. ``shown`` is the
 * ``painted_mark`` of the maps that the browser has painted of it by itself, or "".
 */
export interface DrawnValue {
  drawing: number;
  grid: string;
  strokes: string;
  shown: string;
}

/**
 * What the static edition holds: its networks, the ``first`` of them, and the ``steps`` of its exercises by name.
 *
 * ``noise`` is a picture that shows nothing, PICTURE_SIZE x PICTURE_SIZE bytes in base64.
 */
export interface EditionValue {
  first: string;
  choices: [string, string][];
  exercises: ExercisesValue;
  steps: Record<string, SetUpValue>;
  noise: string;
  sentences: SentencesValue;
}

/**
 * An epoch's loss and share of right answers, in training and on the pictures held out.
 */
export interface EpochValue {
  number: number;
  train: [number, number];
  validation: [number, number] | null;
}

/**
 * ``sheet`` is the URL of a picture that holds the examples; ``names`` says what each shows, row by row.
 */
export interface ExamplesValue {
  sheet: string;
  names: string[];
}

/**
 * ``titles`` are the first steps of the offered exercises, by name, with the exercises' titles.
 *
 * ``shown`` is the title of the one on the page, or "".
 */
export interface ExercisesValue {
  titles: [string, string][];
  shown: string;
}

/**
 * What is said about every cell of a map. The numbers in ``cells``, which are by phase, mean nothing.
 *
 * ``names`` are the map's by itself, as A's and as B's. ``off`` has the words of the line "after" where the map is
 * switched off, by what it becomes. ``before`` has the words of the line "before" by epoch, which is text here.
 */
export interface ExplainedMapValue {
  cells: Record<string, CellValue>;
  names: [string, string, string];
  off: Record<string, string>;
  before: Record<string, string>;
  favourites: FavouriteValue[];
  liking: SquareValue;
}

/**
 * What is said about each value of a network: of its ``maps``, layer by layer, and of its dense layers.
 *
 * ``dense`` is by the layer's number, 0 for the logits.
 */
export interface ExplainedValue {
  maps: ExplainedMapValue[][];
  dense: Record<string, DenseValue[]>;
}

/**
 * What the explanation shows: the ``cell`` that is pinned, and the ``favourites`` of its channel.
 *
 * ``drawing`` and ``revision`` say which drawing and which view it answers. A value of a dense layer that is pinned is
 * ``dense``, in place of a cell. Where both are null, ``text`` says why there is nothing to explain, or is "" when
 * nothing is pinned.
 *
 * ``liking`` is the mean of the parts of the favourites that the channel's strongest cells see. ``unliked`` says why
 * there are no favourites, or is "".
 */
export interface ExplanationValue {
  drawing: number;
  revision: number;
  text: string;
  cell: CellValue | null;
  dense: DenseValue | null;
  favourites: FavouriteValue[];
  liking: SquareValue;
  unliked: string;
}

/**
 * A row: what it is about, what there is to say, and the key of the word that it needs, or "".
 */
export interface FactValue {
  name: string;
  text: string;
  term: string;
}

/**
 * A test picture that excites the channel: 28 x 28 bytes in base64, and the map's highest value on it.
 *
 * The cell that has this value is at ``row`` and ``column``.
 */
export interface FavouriteValue {
  picture: string;
  value: number;
  row: number;
  column: number;
}

/**
 * Which cells of an earlier picture a cell sees: cell i sees ``size`` of them from i * ``stride`` + ``offset``.
 *
 * ``side`` is the side of that earlier picture, in cells.
 */
export interface FieldValue {
  size: number;
  stride: number;
  offset: number;
  side: number;
}

/**
 * The first layer's kernels, which stand beside its maps.
 *
 * Each is ``side`` x ``side`` weights from ``-most`` to ``most``. ``cells`` holds them as bytes from 0 to 255, in
 * base64.
 */
export interface FirstKernels {
  side: number;
  most: number;
  cells: string;
}

/**
 * A phase that is not shown: what will stand around its numbers. Its scales and distances mean nothing.
 */
export interface FrameValue {
  note: string;
  layers: LayerValue[];
}

/**
 * One layer of A, with the layer of B beside it, or null.
 *
 * ``name`` is the stage's name and ``number`` the layer's, 0 for the logits. ``terms`` are the words that the title
 * needs, by their keys, and ``size`` says why its maps are so large, or is "". ``scale`` is shown at the layer's head.
 * It paints every map of a side that has no ``own`` ranges, and its ``signed`` holds for those too. ``apart`` is null
 * where A and B cannot be compared. ``kernels`` is null except beside the first layer's maps.
 */
export interface LayerValue {
  name: string;
  number: number;
  kind: "maps" | "kernels" | "dense";
  title: string;
  terms: string[];
  size: string;
  note: string;
  scale: ScaleValue;
  a: SideValue;
  b: SideValue | null;
  apart: ApartValue | null;
  kernels: FirstKernels | null;
}

/**
 * A step, by its name, and the names of the steps ``before`` and ``after`` it; "" where there is none.
 *
 * ``name`` is "" where no lesson is on the page; the browser sends that when a person closes it. ``place`` says which
 * of how many steps it is. ``table`` has rows of a knob's value and what it gave.
 */
export interface LessonValue {
  name: string;
  title: string;
  place: string;
  text: string;
  question: string;
  answer: string;
  table: [string, string][];
  rings: RingValue[];
  before: string;
  after: string;
}

/**
 * A line of the arithmetic: what happens, the number it gives, and whether that is the pinned cell's ``own``.
 *
 * ``terms`` are the words that it needs, by their keys.
 */
export interface LineValue {
  kind: "sum" | "bias" | "plain" | "before" | "after" | "pooled";
  words: string;
  terms: string[];
  value: number;
  own: boolean;
}

/**
 * What the page shows of all layers.
 *
 * ``drawing`` and ``revision`` say which drawing and which view it answers. ``phase``, ``scale``, ``numbers``,
 * ``sort``, ``pin``, ``side``, ``off``, ``instead`` and what is ``altered`` are the view's. ``note`` is a sentence
 * beside the maps. ``a`` and ``b`` are titles; ``b`` is "" when there is only A. ``words`` says what the networks
 * are, part by part.
 *
 * The browser can compute all numbers by itself. ``network`` is A's; ``other`` is B's where B is the same picture in
 * another network, so that both follow the pen, else null. ``pictures`` are what A's network saw and what B's did,
 * PICTURE_SIZE x PICTURE_SIZE bytes in base64. One is "" where there is none, and where the numbers are no network's
 * answer to it. ``phases`` are the frames of the phases that are not shown. ``mark`` is what ``frame_mark`` makes; the
 * browser sends it back in a ``painted_mark`` when it has painted these layers by itself.
 *
 * ``cells`` is what ``pack`` makes of A's layers and of B's, or "" where there is no picture. The layers are then
 * empty frames, whose scales and distances mean nothing.
 */
export interface MapsValue {
  drawing: number;
  revision: number;
  phase: string;
  scale: string;
  numbers: boolean;
  sort: boolean;
  pin: [number, number, number, number] | null;
  side: "a" | "b";
  off: [number, number][];
  instead: string;
  altered: AlteredValue;
  note: string;
  a: string;
  b: string;
  words: PartValue[][];
  network: NetworkValue | null;
  other: NetworkValue | null;
  prepared: boolean;
  mark: string;
  pictures: [string, string];
  layers: LayerValue[];
  phases: Record<string, FrameValue>;
  cells: string;
}

/**
 * A picture that the network has learned from: PICTURE_SIZE x PICTURE_SIZE bytes in base64, and its class.
 */
export interface NearestValue {
  picture: string;
  label: string;
}

/**
 * A network. A part that its metrics lack is None, "" or empty. ``source`` cites, ``documented`` quotes.
 */
export interface NetworkCardValue {
  name: string;
  about: PartValue[];
  classes: string[];
  accuracy: AccuracyValue | null;
  curve: CurveValue | null;
  confusion: ConfusionValue | null;
  calibration: CalibrationValue | null;
  source: string;
  documented: string;
  recipe: FactValue[];
  stages: StageValue[];
  cost: FactValue[];
  hashes: FactValue[];
  command: string;
  limits: string[];
}

/**
 * A network that the browser can compute with: its files are at ``/networks/<name>/``.
 *
 * ``version`` changes when the files do. ``means`` are what its maps have on average after the activation, by layer,
 * where the checkpoint has an atlas. ``epochs`` are those after which its weights are at ``snapshots/``.
 */
export interface NetworkValue {
  name: string;
  kind: "digit" | "garment";
  classes: string[];
  version: string;
  means: number[][];
  epochs: number[];
}

/**
 * A fresh page of a network, and the frames for what can stand beside its picture.
 *
 * ``alone`` is the frame of a picture by itself, ``kept`` of one beside a kept picture, and ``others`` of one beside
 * the same picture in another network, by that network's name. ``unpooled`` says what the network is without its
 * pooling. ``notes`` say what each example shows.
 */
export interface OpeningValue {
  verdict: VerdictValue;
  controls: ControlsValue;
  examples: ExamplesValue;
  notes: string[];
  alone: MapsValue;
  kept: MapsValue;
  others: Record<string, MapsValue>;
  doubts: [number, string][];
  unpooled: PartValue[];
}

/**
 * B beside the verdict on A. ``picture`` is PICTURE_SIZE x PICTURE_SIZE bytes in base64.
 */
export interface OtherValue {
  title: string;
  picture: string;
  label: string;
  probabilities: [string, number][];
}

/**
 * What is laid over the picture: PICTURE_SIZE x PICTURE_SIZE bytes in base64, 128 for zero, and what it means.
 */
export interface OverlayValue {
  cells: string;
  note: string;
}

/**
 * Two classes that are taken for each other, ``count`` times in both directions. ``cell`` is the larger one.
 */
export interface PairValue {
  names: [string, string];
  count: number;
  cell: [number, number];
}

/**
 * Something about a network, in words, and the key of the word that it needs.
 */
export interface PartValue {
  text: string;
  term: string;
}

/**
 * What would be trained.
 *
 * ``asked`` counts the orders, so that an answer to an earlier one can be told. ``problem`` says why the order cannot
 * be trained, or is "". ``seconds`` is how long training takes here, about; after ``most`` it is stopped. ``command``
 * is the line that trains the same network elsewhere. ``limits`` says in words what the page allows.
 *
 * ``choices`` are the words that a knob can be, by its name. ``datasets`` are names and titles.
 * ``recipes`` has the knobs of each recipe to start from, by the recipe's name.
 */
export interface PlanValue {
  asked: number;
  problem: string;
  stages: StageValue[];
  parameters: number;
  multiply_adds: number;
  seconds: number;
  most: number;
  command: string;
  limits: string;
  choices: Record<string, string[]>;
  datasets: [string, string][];
  recipes: Record<string, Record<string, unknown>>;
}

/**
 * A training.
 *
 * ``name`` is its network's, "" where it is refused. ``title`` says what was changed. ``phase`` is "waiting" with its
 * ``place`` in line, "starting", "downloading" with the ``share`` that has come, "training", "finishing", "done" or
 * "failed", for a ``reason``. ``planned`` is how many epochs it will have. ``parts`` are points within the epochs:
 * epochs so far, loss, share of right answers. ``rate`` is in examples a second, ``left`` in seconds.
 *
 * ``forms`` counts the changes of the network that forms, whose files are at ``/forming/<name>/``; 0 before the first.
 * ``test`` and ``validation`` are the trained network's shares of right answers, and ``stopped`` says why it was not
 * trained to the end.
 */
export interface ProgressValue {
  name: string;
  title: string;
  phase: string;
  place: number;
  share: number;
  reason: string;
  dataset: string;
  planned: number;
  parts: [number, number, number][];
  epochs: EpochValue[];
  rate: number;
  left: number;
  forms: number;
  test: number | null;
  validation: number | null;
  stopped: string;
  parameters: number;
  command: string;
}

/**
 * What the server puts on the pad; ``grid`` and ``strokes`` as in ``DrawnValue``.
 *
 * Strokes without a grid come from a link: the browser draws them, and sends the drawing like any other.
 */
export interface PutValue {
  drawing: number;
  grid: string;
  strokes: string;
  put: true;
}

/**
 * What a step points at: see ``Ring``.
 */
export interface RingValue {
  what: "map" | "layer" | "pad" | "picture" | "answer" | "panel" | "epochs";
  layer: number;
  number: number;
}

/**
 * A colour scale: sequential from ``low`` to ``high``, or ``signed``, diverging, with zero in the middle.
 *
 * A signed scale has ``low`` equal to ``-high``.
 */
export interface ScaleValue {
  low: number;
  high: number;
  signed: boolean;
}

/**
 * What is said where there is nothing to show.
 *
 * ``nothing_to_keep``: there is no picture to keep as B. ``nothing_kept``: none was kept yet. ``no_other``: the other
 * network is not chosen. ``broken``: a cell of a broken network is pinned. ``link``: the address has a link that this
 * edition cannot open. ``no_files``: the files beside the page cannot be had.
 */
export interface SentencesValue {
  nothing_to_keep: string;
  nothing_kept: string;
  no_other: string;
  broken: string;
  link: string;
  no_files: string;
}

/**
 * A step of an exercise: all that it changes on the page.
 *
 * ``picture`` is PICTURE_SIZE x PICTURE_SIZE bytes in base64.
 */
export interface SetUpValue {
  checkpoint: string;
  picture: string;
  view: ViewValue;
  exercises: ExercisesValue;
  lesson: LessonValue;
}

/**
 * A's or B's part of a layer.
 *
 * ``stage`` is the stage that puts out its numbers, or the tensor that holds a layer's kernels. ``shape`` is channels,
 * tiles, height and width. ``classes`` are the names of the logits; other layers have none.
 * ``own`` is each channel's own low and high where each map has a scale of its own, else empty. ``unread`` lists by
 * channel the inputs that its filter does not read; it is empty when every filter reads all.
 *
 * ``fields`` says what a cell sees of the "input" and of earlier layers, by number. It is empty where cells see
 * nothing: kernels and dense layers.
 */
export interface SideValue {
  stage: string;
  shape: [number, number, number, number];
  classes: string[];
  own: [number, number][];
  unread: number[][];
  fields: Record<string, FieldValue>;
}

/**
 * A square picture: ``side`` x ``side`` bytes of grey in base64, or 0 and "" for none.
 */
export interface SquareValue {
  side: number;
  cells: string;
}

/**
 * A row of the layer table. ``shape`` is in words: "6 × 28 × 28".
 */
export interface StageValue {
  name: string;
  layer: string;
  shape: string;
  parameters: number;
  multiply_adds: number;
}

/**
 * The stages around a cell, by their names: what its filter reads, and what its layer makes of it.
 */
export interface StagesValue {
  input: string;
  before: string;
  after: string;
  pooled: string;
}

/**
 * One step of the preparation as a small picture: ``height`` x ``width`` bytes in base64.
 */
export interface StepValue {
  title: string;
  height: number;
  width: number;
  cells: string;
}

/**
 * A file (``name``, its media type ``kind``, ``content`` in base64), a ``link``, or a ``text``; the others are "".
 *
 * ``code`` is the link's QR code, row by row, "1" for a dark module; it is empty where none was asked for.
 * ``stamp`` makes each value a new one: taking the same thing twice must hand it over twice.
 */
export interface TakeawayValue {
  stamp: number;
  name: string;
  kind: string;
  content: string;
  link: string;
  code: string[];
  text: string;
}

/**
 * The test pictures of a ``cell``, its true class and the answer, one entry for each network that was asked for.
 */
export interface TestedCellValue {
  asked: number;
  cell: [number, number];
  tested: TestedValue[];
}

/**
 * Test pictures of one cell, PICTURE_SIZE x PICTURE_SIZE bytes in base64 each. ``words`` say what they are.
 */
export interface TestedValue {
  pictures: string[];
  words: string;
}

/**
 * The verdict of a ``network``, by its name, on one picture.
 *
 * ``text`` stands in place of a label without an answer; it is no hint where something is ``refused``.
 * ``picture`` is PICTURE_SIZE x PICTURE_SIZE bytes in base64, or "". ``note`` is a remark on the picture, ``digits``
 * are those of a photo that shows several, ``hide`` keeps the answer back until it is asked for. ``nearest`` are
 * learned pictures that are like one that is doubted; several digits are like none.
 */
export interface VerdictValue {
  drawing: number;
  revision: number;
  network: string;
  text: string;
  refused: boolean;
  picture: string;
  label: string;
  note: string;
  probabilities: [string, number][];
  doubts: string[];
  digits: DigitValue[];
  nearest: NearestValue[];
  hide: boolean;
  prepared: boolean;
  other: OtherValue | null;
  steps: StepValue[];
  overlay: OverlayValue | null;
}

/**
 * A view as JSON; see ``View`` for what each switch means.
 */
export interface ViewValue {
  phase: string;
  scale: string;
  prepare: boolean;
  steps: boolean;
  overlay: string;
  compare: string;
  kept: string;
  kept_as: string;
  other: string;
  label: number;
  numbers: boolean;
  sort: boolean;
  hide: boolean;
  pin: [number, number, number, number] | null;
  side: string;
  off: [number, number][];
  instead: string;
  noise: number;
  biases: boolean;
  pooling: boolean;
  epoch: number | null;
}
