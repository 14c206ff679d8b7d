import type { Config } from '../../config/fields';
import type { Section } from '../section';
import { optimizerName } from './optimizers';
import { processes } from './processes';
import { joined, traitsOf, when, type Traits } from './traits';
import { updateSection } from './update';

const FLAGS = `
def refuse(reason: str) -> NoReturn:
    print(reason, file=sys.stderr)
    raise SystemExit(2)


def read_flags() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    add = parser.add_argument
    add("--steps", type=int, default=100, help="how many updates to make (100)")
    add("--out", type=Path, default=Path("."), help="folder of record.json (this one)")
    add("--every", type=int, default=1, help="steps from one frame of the record to the next (1)")
    add("--device", choices=("cpu", "cuda"), help="cuda where there is one")
    add("--weights", type=Path, help="safetensors file (weights.safetensors beside the script)")
    add("--init", choices=("engine", "torch"), default="engine", help="whose random numbers")
    add("--accumulate", type=int, default=1, help="passes that the batch is divided into (1)")
    add("--autocast", choices=("bf16", "fp16"), help="number format of matrix products")
    add("--compile", action="store_true", help="torch.compile, of steps without a frame")
    add("--fsdp", action="store_true", help="under torchrun: divide the model, not only the batch")
    flags = parser.parse_args()
    for name in ("steps", "every", "accumulate"):
        if getattr(flags, name) < 1:
            refuse(f"--{name} is {getattr(flags, name)}; it must be a whole number from 1.")
    return flags
`;

const begin = ({ hasTokens }: Traits) => `
def begin(flags: argparse.Namespace) -> Tuple[nn.Module, Dict[str, Tensor]]:
    """The model at step 0, and the tensors of its weights file, if any."""
    model = Transformer(${hasTokens ? 'VOCABULARY' : ''})
    beside = Path(__file__).with_name("weights.safetensors")
    path = flags.weights or (beside if beside.exists() and flags.init == "engine" else None)
    tensors: Dict[str, Tensor] = {}
    initialize(model, SEED, normals if flags.init == "engine" else torch_normals)
    if path is not None:
        try:
            tensors = read_weights(path)
        except (OSError, ValueError, KeyError) as error:
            refuse(f"The weights cannot be read: {error}")
        load(model, tensors)
    return model, tensors
`;

const INTERRUPT = `
class Interrupt:
    """Ctrl-C lets the step under way come to its end; a second one does not."""

    def __init__(self) -> None:
        self.asked = False
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, self.ask)

    def ask(self, number: int, _: Any) -> None:
        self.asked = True
        signal.signal(number, signal.SIG_DFL)

    def anywhere(self, ranks: int, device: torch.device) -> bool:
        """All processes end at the same step."""
        if ranks == 1:
            return self.asked
        asked = torch.tensor(float(self.asked), device=device)
        dist.all_reduce(asked, dist.ReduceOp.MAX)
        return asked.item() > 0
`;

const factorOf = ({ scale }: Traits) =>
  ({ none: 'ranks', fixed: 'LOSS_SCALE * ranks', dynamic: 'scale.value * ranks' })[scale];
const scaleOf = ({ scale }: Traits) =>
  ({ none: '1.0', fixed: 'float(LOSS_SCALE)', dynamic: 'scale.value' })[scale];

const main = (traits: Traits) => {
  const { config, hasTokens, projects, overBatch, scale, needsNorm, knowsStep } = traits;
  const unscaled =
    scale === 'none' ? 'p.grad' : `p.grad / ${scale === 'fixed' ? 'LOSS_SCALE' : 'scale.value'}`;
  const outputs = `${projects ? 'out' : '_'}, ${hasTokens ? 'logits' : '_'}`;
  const loss = projects
    ? 'loss_of(out, projection[mine])'
    : 'loss_of(logits, targets[mine].to(device), counted)';
  return `
def main() -> None:
    flags = read_flags()
    rank, ranks, device = join_processes(flags)
    parts = ranks * flags.accumulate
    if BATCH_SIZE % parts:
        refuse(f"{BATCH_SIZE} sequences cannot be divided into {parts} equal parts.")
${when(
  overBatch,
  `    if flags.accumulate > 1:
        refuse("--accumulate: a norm here is over the batch, which must pass as a whole.")
`,
)}    size = BATCH_SIZE // parts
    autocast = autocast_of(flags, device)
    model, ${hasTokens && !projects ? '_' : 'tensors'} = begin(flags)
    net = spread(model.to(device), flags, ranks, device)
    fast = compiled(net, flags)
    parameters = {
        name.replace("_fsdp_wrapped_module.", "").replace("module.", "", 1): p
        for name, p in net.named_parameters()
    }
    optimizer = ${optimizerName(config)}(parameters)
${when(scale === 'dynamic', '    scale = LossScale()\n')}${when(
    !hasTokens || projects,
    `    draw = normals if flags.init == "engine" else torch_normals
`,
  )}${when(
    !hasTokens,
    `    inputs = tensors["x0"] if "x0" in tensors else gaussian_inputs(draw)
    inputs = inputs.to(device)
`,
  )}${when(
    projects,
    `    projection = tensors["R"] if "R" in tensors else projection_of(draw)
    projection = projection.to(device)
`,
  )}    interrupt = Interrupt()
    record: Optional[Record] = None

    for step in range(flags.steps):
${when(hasTokens, '        inputs, targets = batch(step)\n')}${when(
    hasTokens && !projects,
    '        counted = int((targets >= 0).sum())\n',
  )}        factor = ${factorOf(traits)}  # processes average their gradients
        meter = Meter(factor) if step % flags.every == 0 else None
${when(
  overBatch,
  `        if meter is not None:
            meter.watch_norms(model)
`,
)}${when(knowsStep, '        model.step = step\n')}        for p in parameters.values():
            p.grad = None
        for part in range(flags.accumulate):
            first = (rank * flags.accumulate + part) * size
            mine = slice(first, first + size)
${when(knowsStep, '            model.first = first\n')}            waits = ranks > 1 and part < flags.accumulate - 1
            with net.no_sync() if waits else contextlib.nullcontext():
                with autocast():
                    if meter is not None:
                        ${outputs} = net(inputs[mine].to(device), meter.tap)
                    else:
                        ${outputs} = fast(inputs[mine].to(device), untapped)
                loss = ${loss}
                (loss * factor).backward()
            if meter is not None:
                meter.add("loss", loss.detach().double())
${when(
  hasTokens,
  '                meter.see_output(logits, targets[mine].to(device))\n',
)}        gradients = {
            name: torch.zeros_like(p) if p.grad is None else ${unscaled}
            for name, p in parameters.items()
        }
${when(
  needsNorm,
  '        norm = norm_of(gradients, ranks if flags.fsdp else 1)\n',
)}        update(optimizer, parameters, gradients, step, ${when(needsNorm, 'norm, ')}meter)
        if meter is not None:
            frame = frame_of(step, meter, ranks, flags.fsdp, list(parameters))
            frame["output"]["loss_scale"] = ${scaleOf(traits)}
${when(
  hasTokens,
  `            tokens = {"inputs": inputs.tolist(), "targets": targets.tolist()}
            frame["tokens"] = tokens
`,
)}            if rank == 0:
                print(f"step {step}: loss {frame['loss']:.6f}")
                if record is None:
                    head = head_of(ranks, device)
${when(hasTokens, '                    head["tokens"] = tokens\n')}                    record = Record(flags.out, head, notes_of(flags))
                record.write(frame)
${when(
  overBatch,
  `            for hook in meter.hooks:
                hook.remove()
`,
)}${when(scale === 'dynamic', '        scale.follow(bool(torch.isfinite(norm)))\n')}        if interrupt.anywhere(ranks, device):
            break
    if ranks > 1:
        dist.destroy_process_group()


if __name__ == "__main__":
    main()
`;
};

const telling = ({ overBatch, config }: Traits) => `
def frame_of(
    step: int, meter: Meter, ranks: int, are_parameters_divided: bool, names: List[str]
) -> Dict[str, Any]:
    """The frame of a step in the record, before its update."""
    told = Frame(meter, ranks, are_parameters_divided)
    return {
        "step": step,
        "loss": told.sum("loss"),
        "site": told.sites(),
        "head": told.heads(),
        "output": {**told.output(), **told.update(), "lr": learning_rate(step)},
        "param": {name: told.parameter(name) for name in names},
${when(overBatch, '        "norm": told.norms(),\n')}    }


def head_of(ranks: int, device: torch.device) -> Dict[str, Any]:
    recorder = {
        "name": "normscope-export",
        "torch": torch.__version__,
        "device": device.type,
        "processes": ranks,
    }
    return {
        **{"format": "normscope-record", "version": 1, "config": CONFIG},
        **{"recorder": recorder, "sites": SITES},
    }


def notes_of(flags: argparse.Namespace) -> List[str]:
    """Sentences on what the record is without, or has otherwise than the engine."""
    notes = [${when(
      config.precision !== 'fp32',
      `
        "What low precision loses was not counted.",
    `,
    )}]
    if flags.init == "torch":
        notes.append("Weights were drawn by PyTorch: the same distributions, other numbers.")
    if flags.autocast is not None:
        notes.append(f"Matrix products were computed by torch.autocast in {flags.autocast}.")
    return notes
`;

const PROJECTION = `
def projection_of(draw: Callable[[int, str, int], Tensor]) -> Tensor:
    """R, which the loss projects on. [B, T, D]"""
    flat = draw(SEED, "R", BATCH_SIZE * SEQ_LEN * D_MODEL)
    return flat.view(BATCH_SIZE, SEQ_LEN, D_MODEL).float()
`;

export function programSections(config: Config): Section[] {
  const traits = traitsOf(config);
  return [
    updateSection(traits),
    {
      title: 'Program',
      code: joined(
        FLAGS,
        processes(traits),
        begin(traits),
        when(traits.projects, PROJECTION),
        INTERRUPT,
        telling(traits),
        main(traits),
      ),
    },
  ];
}
