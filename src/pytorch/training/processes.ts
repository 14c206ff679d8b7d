import { joined, when, type Traits } from './traits';

const JOIN = `
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
)}${when(
  config.weight_reparam === 'sigma',
  `        refuse("--fsdp: a weight that is divided by its largest singular value must be whole.")
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
    """The context of every forward pass."""
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

/** One process or several, and the ways of PyTorch to run a model in them. */
export const processes = (traits: Traits): string => joined(JOIN, spread(traits));
