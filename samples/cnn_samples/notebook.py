# %% [markdown]
"""A notebook in cells: a model, a sequence, what the layers make of it, why, and the explorer's picture.

Editors that know `# %%` run this file cell by cell, and Jupyter does by way of Jupytext. Each shows its last line.
"""

# %% A model: a file of yours, or the one that comes along
import cnn_core as cnn
import cnn_samples
import cnn_tui

model = cnn.open_model(cnn_samples.model_path("trained"))
model

# %% A record of a FASTA file, or letters as text
records = cnn.open_sequences(cnn_samples.sample_path("planted"))
reading = model.read(records["sim_03"])
reading

# %% The activations of a layer, as a numpy array, and with names
activations = reading["conv1d"]
named = reading.named("max_pooling1d")
print(activations.shape, named)

# %% The strongest cell, and the position that the pool selected for it
cell, channel = map(int, divmod(int(named.values.argmax()), named.values.shape[1]))
selected = int(reading.selections("max_pooling1d")[cell, channel])
print(f"pooled[{cell}] of filter {channel} is {named.values[cell, channel]:.3f}, from conv[{selected}]")

# %% Why it is what it is, down to the bases
why = reading.explain("max_pooling1d", cell=cell, channel=channel)
print(why)

# %% The same as columns; `why.to_frame()` makes a data frame of them, where pandas or polars is installed
print(why.columns["part"][-1], why.columns["amount"][-1])

# %% What every substitution changes this model's output by
effects = reading.effects()
base = int(abs(effects.raw).max(axis=1).argmax())
print(f"base {base}, {effects.letters[base]}: {effects.raw[base]}")
effects

# %% The same letters with an edit
position = base + 1
letter = "ACGT"[int(abs(effects.raw[base]).argmax())]
edited = model.read(records["sim_03"], edits=[f"{position}{effects.letters[base]}>{letter}"])
print(f"output {float(reading.output[0]):.3f} → {float(edited.output[0]):.3f}")

# %% What the network gives on all records
predicted = model.predict(records)
print(predicted["output"].ravel().round(3))
predicted

# %% The explorer's picture of the cell
picture = cnn_tui.show(reading, cell=cell, filter=channel, theme="light")
picture

# %% The same in a file: .svg, .png, .txt, .ansi or .json
# picture.save("cell.svg")
records.close()
