"""LeNet Lab's core: the network, its training, preparing pictures, predicting. It never imports gradio."""
