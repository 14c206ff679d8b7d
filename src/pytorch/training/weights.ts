import type { Section } from '../section';

const READER = `
def read_weights(path: Path) -> Dict[str, Tensor]:
    """The tensors of a safetensors file, in float32."""
    dtypes = {
        **{"F64": torch.float64, "F32": torch.float32},
        **{"F16": torch.float16, "BF16": torch.bfloat16},
    }
    content = path.read_bytes()
    begin = 8 + int.from_bytes(content[:8], "little")
    header = json.loads(content[8:begin])
    header.pop("__metadata__", None)
    tensors = {}
    for name, told in header.items():
        if told["dtype"] in dtypes:
            first, last = told["data_offsets"]
            data = bytearray(content[begin + first : begin + last])
            flat = torch.frombuffer(data, dtype=dtypes[told["dtype"]])
            tensors[name] = flat.reshape(told["shape"]).float()
    return tensors


def load(model: nn.Module, tensors: Dict[str, Tensor]) -> None:
    """Takes weights, and what else a model keeps, from tensors of the same names."""
    learned = dict(model.named_parameters())
    kept = dict(model.named_buffers())
    with torch.no_grad():
        for name, place in {**kept, **learned}.items():
            if name not in tensors:
                if name in learned:
                    refuse(f"The weights have no {name}.")
            elif tensors[name].numel() != place.numel():
                shapes = f"{list(tensors[name].shape)}, the model {list(place.shape)}"
                refuse(f"{name} of the weights is {shapes}.")
            else:
                place.copy_(tensors[name].view_as(place))
`;

/** Draws of PyTorch's own generator, where those of the engine take too long. */
const TORCH_NORMALS = `
def torch_normals(seed: int, name: str, size: int) -> Tensor:
    """The same distribution by PyTorch's own generator, which is faster: other numbers. [size]"""
    digest = hashlib.sha256(f"{seed}:{name}".encode()).digest()
    generator = torch.Generator().manual_seed(int.from_bytes(digest[:6], "little"))
    return torch.randn(size, generator=generator, dtype=torch.float64)
`;

export const weightsSection = (): Section => ({
  title: 'Weights',
  code: [READER, TORCH_NORMALS].map((part) => part.trim()).join('\n\n\n'),
});
