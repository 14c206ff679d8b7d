import type { Config } from '../../config/fields';
import { interventionsOf } from '../../config/interventions';
import { readsStep } from '../model/taps';
import type { Section } from '../section';
import { normsOverBatch } from './overBatch';
import { optimizerName } from './optimizers';
import { isDynamic, isScaled } from './scaling';

/** The choices that decide which lines a program has. */
interface Traits {
  config: Config;
  hasTokens: boolean;
  projects: boolean;
  overBatch: boolean;
  scale: 'none' | 'fixed' | 'dynamic';
  needsNorm: boolean;
  /** Draws or changes something that depends on the step. */
  knowsStep: boolean;
  freezes: boolean;
  /** Parameters that no gradient reaches. */
  leavesSome: boolean;
}

function traitsOf(config: Config): Traits {
  const interventions = interventionsOf(config);
  const scale = isDynamic(config) ? 'dynamic' : isScaled(config) ? 'fixed' : 'none';
  return {
    config,
    hasTokens: config.task !== 'gaussian',
    projects: config.objective === 'random_projection',
    overBatch: normsOverBatch(config).length > 0,
    scale,
    needsNorm: config.grad_clip > 0 || scale === 'dynamic',
    knowsStep: readsStep(config),
    freezes: interventions.some(({ kind }) => kind === 'freeze'),
    leavesSome: config.objective === 'random_projection' || config.attention === 'uniform',
  };
}

/** Lines that are there or not. */
const when = (condition: boolean, code: string): string => (condition ? code : '');

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

const PROCESSES = `
def join_processes(flags: argparse.Namespace) -> Tuple[int, int, torch.device]:
    """Rank, number of processes and device: under torchrun each has a part of the batch."""
    rank, ranks = int(os.environ.get("RANK", 0)), int(os.environ.get("WORLD_SIZE", 1))
    has_cuda = torch.cuda.is_available()
    if flags.device == "cuda" and not has_cuda:
        refuse("--device cuda: this PyTorch finds no such device.")
    device = torch.device(flags.device or ("cuda" if has_cuda else "cpu"))
    if ranks > 1:
        if device.type == "cuda":
            device = torch.device("cuda", int(os.environ.get("LOCAL_RANK", 0)))
            torch.cuda.set_device(device)
        dist.init_process_group("nccl" if device.type == "cuda" else "gloo")
    return rank, ranks, device
`;

const spread = ({ leavesSome, config }: Traits) => `
def spread(model: nn.Module, flags: argparse.Namespace, ranks: int, device: torch.device) -> Any:
    """The model for several processes: gradients are averaged, and with --fsdp it is divided."""
    if flags.fsdp:
        try:
            from torch.distributed.fsdp import FullyShardedDataParallel
            from torch.distributed.fsdp.wrap import ModuleWrapPolicy
        except Exception as error:
            refuse(f"--fsdp: PyTorch {torch.__version__} has none that serves ({error}).")
${when(
  config.optimizer === 'muon',
  `        refuse("--fsdp: Muon needs whole matrices.")
`,
)}        if ranks == 1:
            refuse("--fsdp divides a model among processes: start several with torchrun.")
        return FullyShardedDataParallel(
            model,
            use_orig_params=True,
            auto_wrap_policy=ModuleWrapPolicy({type(block) for block in model.blocks}),
            device_id=device if device.type == "cuda" else None,
        )
    if ranks > 1:
        return nn.parallel.DistributedDataParallel(
            model, broadcast_buffers=False${leavesSome ? ', find_unused_parameters=True' : ''}
        )
    return model


def autocast_of(flags: argparse.Namespace, device: torch.device) -> Callable[[], Any]:
    """What every forward pass runs in."""
    if flags.autocast is None:
        return contextlib.nullcontext
    dtype = {"bf16": torch.bfloat16, "fp16": torch.float16}[flags.autocast]
    one = torch.ones(1, 1, device=device)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of an autocast that casts nothing
            with torch.autocast(device.type, dtype=dtype):
                has_cast = (one @ one).dtype == dtype
    except RuntimeError:
        has_cast = False
    if not has_cast:
        torch_here = f"PyTorch {torch.__version__}"
        refuse(f"--autocast {flags.autocast}: {torch_here} has none on {device.type}.")
    return functools.partial(torch.autocast, device.type, dtype=dtype)


def compiled(net: Any, flags: argparse.Namespace) -> Any:
    if not flags.compile:
        return net
    if not hasattr(torch, "compile"):
        refuse(f"--compile: PyTorch {torch.__version__} has no torch.compile; 2.0 is the first.")
    try:
        return torch.compile(net)
    except RuntimeError as error:
        refuse(f"--compile: {error}")
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

function frozen({ config }: Traits): string {
  const rows = interventionsOf(config)
    .filter((one) => one.kind === 'freeze')
    .map(({ layers, steps, sublayer }) => {
      const end = steps.to === Infinity ? 'math.inf' : steps.to;
      return `(${layers.from}, ${layers.to}, "${sublayer}", ${steps.from}, ${end})`;
    });
  return `
# Layers, branch and steps, ends included, whose parameters stay as they are.
FROZEN = [
${rows.map((row) => `    ${row},\n`).join('')}]


def is_frozen(name: str, step: int) -> bool:
    match = re.match(r"blocks\\.(\\d+)\\.(attn|mlp)\\.", name)
    return match is not None and any(
        first <= int(match[1]) <= last and branch == match[2] and start <= step <= end
        for first, last, branch, start, end in FROZEN
    )
`;
}

const NORM = `
def norm_of(gradients: Dict[str, Tensor], ranks: int) -> Tensor:
    """The length of the whole gradient; ranks: those that it is divided among. []"""
    squares = torch.stack([g.double().square().sum() for g in gradients.values()]).sum()
    if ranks > 1:
        dist.all_reduce(squares)
    return squares.sqrt()
`;

const CLIPPED = `
def clip_factor(norm: Tensor) -> Tensor:
    """min(1, GRAD_CLIP / norm); NaN where a gradient is not finite. []"""
    factor = (GRAD_CLIP / norm).clamp(max=1.0)
    return torch.where(torch.isfinite(norm), factor, math.nan).float()
`;

const update = ({ config, freezes, scale }: Traits) => {
  const clips = config.grad_clip > 0;
  const isDynamic = scale === 'dynamic';
  const g = clips ? 'factor * gradients[name]' : 'gradients[name]';
  return `
@torch.no_grad()
def update(
    optimizer: ${optimizerName(config)},
    parameters: Dict[str, nn.Parameter],
    gradients: Dict[str, Tensor],
    step: int,
${clips || isDynamic ? '    norm: Tensor,\n' : ''}    meter: Optional[Meter],
) -> None:
    """Moves every parameter; the meter, where there is one, sees by how much."""
    rate = learning_rate(step)
${when(clips, '    factor = clip_factor(norm)\n')}${when(
    isDynamic,
    '    is_finite = bool(torch.isfinite(norm))\n',
  )}    optimizer.updates += ${isDynamic ? 'is_finite' : '1'}
    for name, p in parameters.items():
${
  isDynamic
    ? `        if is_finite:
            delta = -rate * optimizer.direction(name, p, ${g})
        else:  # an overflow: this update is left out
            delta = torch.zeros_like(p)
`
    : `        delta = -rate * optimizer.direction(name, p, ${g})
`
}${when(
    freezes,
    `        if is_frozen(name, step):
            delta.zero_()
`,
  )}        if meter is not None:
            meter.see_update(name, p, gradients[name], delta)
        p.add_(delta)
`;
};

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
    """What the record tells of a step, before its update."""
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
  const joined = (...parts: string[]) =>
    parts
      .filter(Boolean)
      .map((part) => part.trim())
      .join('\n\n\n');
  return [
    {
      title: 'Update',
      code: joined(
        when(traits.freezes, frozen(traits)),
        when(traits.needsNorm, NORM),
        when(config.grad_clip > 0, CLIPPED),
        update(traits),
      ),
    },
    {
      title: 'Program',
      code: joined(
        FLAGS,
        PROCESSES,
        spread(traits),
        begin(traits),
        when(traits.projects, PROJECTION),
        INTERRUPT,
        telling(traits),
        main(traits),
      ),
    },
  ];
}
