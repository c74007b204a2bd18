"""Statistics that know nothing of the model: estimates with intervals, crossings, AUC, sensitivity indices, boxes."""
